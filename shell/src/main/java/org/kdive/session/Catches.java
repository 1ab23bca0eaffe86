package org.kdive.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What {@code catch} catches, and by which functions of the kernel. */
public final class Catches {
    public static final List<String> KINDS =
            List.of("bug", "exception", "exec", "initcall", "module", "oops", "panic", "syscall", "warn");

    private Catches() {}

    /** @param words what stood after {@code catch}. Throws Usage. */
    public static Catch parse(String words) {
        List<String> parts = new ArrayList<>(Arrays.asList(words.strip().split("\\s+")));
        String kind = parts.remove(0);
        String name = parts.isEmpty() ? "" : parts.get(0);
        if (parts.size() > 1 && !kind.equals("syscall") && !kind.equals("module")) {
            throw bad("catch %s takes one word more at most".formatted(kind));
        }
        return switch (kind) {
            case "panic" -> at("panic", Catches::panic, "panic");
            // kernel/panic.c: __warn(file, line, caller, ...), whatever the architecture
            case "warn" -> at("warn", Catches::warn, "__warn");
            // a bad page fault on x86 goes to __die by itself, everything else through die, which may have __die
            // inlined
            case "oops" -> both("oops", Catches::oops, "die", "__die");
            case "bug" -> at("bug", Catches::bug, "die");
            case "module" -> module(parts);
            // fs/exec.c: the new program is loaded, its first instruction comes next
            case "exec" -> at(join("exec", name), here -> exec(here, name), "finalize_exec", "begin_new_exec");
            case "initcall" -> at(join("initcall", name), here -> initcall(here, name), "do_one_initcall");
            case "syscall" -> new SyscallCatch(parts);
            case "exception" -> Exceptions.catching(name);
            default -> throw bad("catch what? One of: %s".formatted(String.join(", ", KINDS)));
        };
    }

    static SessionException bad(String why) {
        return new SessionException(why, new SessionFailure.Usage("catch KIND [NAME]"));
    }

    static String join(String kind, String name) {
        return (kind + " " + name).strip();
    }

    // the first of the functions that the kernel has
    private static Catch at(String words, Function<Caught, Optional<String>> teller, String... functions) {
        return new Catch.AtFunctions(words, architecture -> List.of(List.of(functions)), teller);
    }

    // each of the functions that the kernel has
    private static Catch both(String words, Function<Caught, Optional<String>> teller, String one, String other) {
        return new Catch.AtFunctions(words, architecture -> List.of(List.of(one), List.of(other)), teller);
    }

    private static Optional<String> panic(Caught here) {
        return Optional.of("panic: " + KernelFormat.fill(here));
    }

    private static Optional<String> warn(Caught here) {
        String file = here.textAt(here.argument(0));
        String where = file.isEmpty() ? "" : " at %s:%d".formatted(file, (int) here.argument(1));
        return Optional.of("warning%s, in %s".formatted(where, here.place(here.argument(2))));
    }

    private static Optional<String> oops(Caught here) {
        if (!here.function(here.pc()).equals("die")) {
            boolean told = here.function(here.returnAddress()).equals("die");
            // arm64's __die has its arguments in another order, and is called by die alone
            if (told || !here.isX86()) {
                return Optional.empty();
            }
        }
        return Optional.of(
                "oops: %s in %s".formatted(here.textAt(here.argument(0)), here.savedPlace(here.argument(1))));
    }

    // BUG() is an undefined instruction: "invalid opcode" on x86, "Oops - BUG" on arm64
    private static Optional<String> bug(Caught here) {
        String why = here.textAt(here.argument(0));
        return why.contains("BUG") || why.contains("invalid opcode")
                ? Optional.of("BUG in %s".formatted(here.savedPlace(here.argument(1))))
                : Optional.empty();
    }

    private static Catch module(List<String> words) {
        boolean load = words.isEmpty() || !words.get(0).equals("unload");
        boolean unload = words.isEmpty() || !words.get(0).equals("load");
        boolean both = load && unload;
        String name = both ? (words.isEmpty() ? "" : words.get(0)) : words.size() > 1 ? words.get(1) : "";
        List<List<String>> functions = new ArrayList<>();
        if (load) {
            functions.add(List.of("do_init_module"));
        }
        if (unload) {
            functions.add(List.of("free_module"));
        }
        return new Catch.AtFunctions(
                join("module", String.join(" ", words)), architecture -> functions, here -> moduleAt(here, name));
    }

    private static Optional<String> moduleAt(Caught here, String wanted) {
        String name = here.text("((struct module *)0x%x)->name", here.argument(0));
        String what = here.function(here.pc()).equals("free_module") ? "unloads" : "loaded";
        return wanted.isEmpty() || wanted.equals(name)
                ? Optional.of("%s module %s".formatted(what, name))
                : Optional.empty();
    }

    private static Optional<String> exec(Caught here, String wanted) {
        String file = here.text("((struct linux_binprm *)0x%x)->filename", here.argument(0));
        boolean isWanted = wanted.isEmpty() || wanted.equals(file) || file.endsWith("/" + wanted);
        return isWanted ? Optional.of("exec'd " + file) : Optional.empty();
    }

    private static Optional<String> initcall(Caught here, String wanted) {
        String name = here.function(here.argument(0));
        return wanted.isEmpty() || wanted.equals(name) ? Optional.of("initcall " + name) : Optional.empty();
    }
}
