package org.kdive.command;

import java.util.List;
import org.kdive.images.types.CPrinter;
import org.kdive.images.types.QualifiedType;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypedefType;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.expression.Expression;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.Printf;

/** The verbs that show what an expression is worth, and of what type it is. */
final class PrintVerbs {
    private final PrintSettings settings;

    private PrintVerbs(PrintSettings settings) {
        this.settings = settings;
    }

    static List<Command> all(PrintSettings settings) {
        PrintVerbs verbs = new PrintVerbs(settings);
        return List.of(
                verbs.print(),
                verbs.call(),
                verbs.output(),
                verbs.printf(),
                whatis(),
                ptype(),
                new ListWalk(settings).command(),
                CompareVerb.command());
    }

    private Command print() {
        return Command.named("print", "p", "inspect")
                .topic(Topic.DATA)
                .usage("print[/FORMAT] [EXPRESSION]")
                .usage(
                        "print [-elements N] [-repeats N] [-max-depth N] [-pretty [on|off]] [-symbol [on|off]] -- [/FORMAT] EXPRESSION")
                .summary("show the value of an expression")
                .help("""
                        C, with the kernel's own types: registers ($rip), variables ($x), symbols, memory, earlier values ($1,
                        $, $$), casts, . -> [] & * @, {TYPE} ADDRESS, sizeof, offsetof, container_of, per_cpu(VAR, CPU),
                        $lx_current(), constants of enums. == compares a text in the guest with "a text".
                        FORMAT is x d u o t a c f s z. Assigning writes to the guest.
                          print init_task.comm
                          print $lx_current()->pid
                          print *container_of(init_task.tasks.next, struct task_struct, tasks)
                          print/x init_task.stack""")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    PrintWords words = PrintWords.of(settings.options(), arguments);
                    Arguments rest = words.rest();
                    Value value = typed(session, rest.isEmpty() ? "$" : rest.tail());
                    String text = settings.text(session, value, format(rest), words.options());
                    output.line("%s", "$%d = %s".formatted(session.remember(value), text));
                });
    }

    private Command call() {
        return Command.named("call")
                .topic(Topic.DATA)
                .usage("call[/FORMAT] EXPRESSION")
                .summary("the same as print, and nothing is shown of what is void")
                .help(
                        "Functions of the guest are not called: the CPU may stand where locks are held or interrupts are off, and would"
                                + " wait for ever. break FUNCTION stops where the kernel itself calls it, jump FUNCTION runs on in it.")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    Value value = typed(session, required(arguments, "call EXPRESSION"));
                    if (!value.type().equals(session.types().c("void"))) {
                        String text = settings.text(session, value, format(arguments));
                        output.line("%s", "$%d = %s".formatted(session.remember(value), text));
                    }
                });
    }

    private static Value typed(Session session, String expression) {
        Value value = session.evaluate(expression);
        if (value.type().equals(Types.UNTYPED_DATA)) {
            throw new SessionException(
                    "'%s' has unknown type; cast it to its declared type".formatted(expression),
                    new SessionFailure.Unsupported("symbols without a type"));
        }
        return value;
    }

    private static char format(Arguments arguments) {
        String format = arguments.format();
        if (format.length() > 1) {
            throw new SessionException(
                    "%s/%s: one letter".formatted(arguments.verb(), format),
                    new SessionFailure.Usage("print/FORMAT EXPRESSION"));
        }
        return format.isEmpty() ? ' ' : format.charAt(0);
    }

    private Command output() {
        return Command.named("output")
                .topic(Topic.DATA)
                .usage("output[/FORMAT] EXPRESSION")
                .summary("the same as print, without a number and without a line end")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    Value value = typed(session, required(arguments, "output EXPRESSION"));
                    output.text(settings.text(session, value, format(arguments)));
                });
    }

    private Command printf() {
        return Command.named("printf")
                .topic(Topic.SCRIPTS)
                .usage("printf \"FORMAT\", EXPRESSION...")
                .summary("print values as C's printf does")
                .help("""
                        %d %i %u %x %X %o %c %s %p %f %g %e %%, with flags, width, precision and C's lengths. %s wants an array
                        of char or a pointer to it, %a an address, which comes with its symbol.
                          printf "%s %d\\n", $lx_current()->comm, $lx_current()->pid""")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> output.text(
                        text(session, Printf.parse(required(arguments, "printf \"FORMAT\", EXPRESSION...")))));
    }

    static String text(Session session, Printf printf) {
        return printf.fill(session::evaluate, session.memory(), session::describe);
    }

    private static String required(Arguments arguments, String usage) {
        if (arguments.isEmpty()) {
            throw new SessionException(
                    "%s: which expression?".formatted(arguments.verb()), new SessionFailure.Usage(usage));
        }
        return arguments.tail();
    }

    private static Command whatis() {
        return Command.named("whatis")
                .topic(Topic.DATA)
                .usage("whatis EXPRESSION|TYPE")
                .summary("the type of an expression; of a typedef, what it stands for")
                .completes(Completers.TYPES)
                .runs((session, arguments, output) -> {
                    Expression expression = session.parse(required(arguments, "whatis EXPRESSION"));
                    Type type = session.typeOf(arguments.tail());
                    Type shown = expression.isType() ? oneStep(type) : type;
                    output.line("%s", "type = " + shown.cName());
                });
    }

    // of "const pid_t" gdb takes away the typedef and leaves the const
    private static Type oneStep(Type type) {
        if (type instanceof TypedefType typedef) {
            return typedef.target().type();
        }
        return type instanceof QualifiedType qualified && qualified.target().type() instanceof TypedefType typedef
                ? new QualifiedType(qualified.qualifier(), qualified.tag(), typedef.target())
                : type;
    }

    private static Command ptype() {
        return Command.named("ptype")
                .topic(Topic.DATA)
                .usage("ptype[/o] EXPRESSION|TYPE")
                .summary("a type with its members; with /o their offsets, sizes and holes")
                .help(
                        "Examples: ptype struct list_head, ptype/o struct task_struct, ptype init_task.se, ptype schedule.")
                .completes(Completers.TYPES)
                .runs((session, arguments, output) -> {
                    Type type = session.typeOf(required(arguments, "ptype[/o] EXPRESSION|TYPE"));
                    boolean offsets = arguments.format().contains("o");
                    CPrinter.ptype(type, offsets).forEach(line -> output.line("%s", line));
                });
    }
}
