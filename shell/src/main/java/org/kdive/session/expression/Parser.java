package org.kdive.session.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kdive.images.types.Type;

/** Words to a tree. Precedence is C's, with gdb's {@code @} between shifts and sums. */
final class Parser {
    private static final int DEEPEST = 200;
    private static final List<Set<String>> LEVELS = List.of(
            Set.of("||"),
            Set.of("&&"),
            Set.of("|"),
            Set.of("^"),
            Set.of("&"),
            Set.of("==", "!="),
            Set.of("<", ">", "<=", ">="),
            Set.of("<<", ">>"),
            Set.of("@"),
            Set.of("+", "-"),
            Set.of("*", "/", "%"));
    private static final Set<String> ASSIGNMENTS =
            Set.of("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=");
    // the kernel's macros of this meaning, include/linux/{container_of,list,rbtree}.h
    private static final Set<String> CONTAINER_OF =
            Set.of("container_of", "list_entry", "hlist_entry", "rb_entry", "llist_entry");
    private static final Map<String, String> FUNCTIONS =
            Map.of("per_cpu", "lx_per_cpu", "per_cpu_ptr", "lx_per_cpu_ptr", "this_cpu_ptr", "lx_per_cpu_ptr");

    private final Words words;
    private final Types types;
    private final TypeParser typeNames;
    private int depth;

    private Parser(Words words, Types types) {
        this.words = words;
        this.types = types;
        this.typeNames = new TypeParser(words, types);
    }

    static Node parse(String text, Types types) {
        Words words = new Words(Lexer.split(text));
        Parser parser = new Parser(words, types);
        Node node = parser.comma();
        if (!words.atEnd()) {
            throw words.unexpected();
        }
        return node;
    }

    private Node comma() {
        Node left = assignment();
        while (words.isNext(",")) {
            int at = words.next().at();
            left = new Node.Comma(at, left, assignment());
        }
        return left;
    }

    private Node assignment() {
        if (++depth > DEEPEST) {
            throw new Misstep(words.peek().at(), "nested too deeply");
        }
        Node left = conditional();
        Token operator = words.peek();
        if (operator.kind() == Token.Kind.OPERATOR && ASSIGNMENTS.contains(operator.text())) {
            words.next();
            String before = operator.text().substring(0, operator.text().length() - 1);
            left = new Node.Assignment(operator.at(), before, left, assignment());
        }
        depth--;
        return left;
    }

    private Node conditional() {
        Node condition = binary(0);
        if (!words.isNext("?")) {
            return condition;
        }
        int at = words.next().at();
        Node yes = comma();
        words.expect(":");
        return new Node.Conditional(at, condition, yes, assignment());
    }

    private Node binary(int level) {
        if (level == LEVELS.size()) {
            return unary();
        }
        Node left = binary(level + 1);
        while (words.peek().kind() == Token.Kind.OPERATOR
                && LEVELS.get(level).contains(words.peek().text())) {
            Token operator = words.next();
            Node right = binary(level + 1);
            left = switch (operator.text()) {
                case "&&" -> new Node.Logical(operator.at(), true, left, right);
                case "||" -> new Node.Logical(operator.at(), false, left, right);
                default -> new Node.Binary(operator.at(), operator.text(), left, right);
            };
        }
        return left;
    }

    private Node unary() {
        if (++depth > DEEPEST) {
            throw new Misstep(words.peek().at(), "nested too deeply");
        }
        Node node = prefixed();
        depth--;
        return node;
    }

    private Node prefixed() {
        Token token = words.peek();
        if (token.isWord("sizeof")) {
            return sizeOf();
        }
        if (token.kind() != Token.Kind.OPERATOR) {
            return postfix(primary());
        }
        return switch (token.text()) {
            case "-", "+", "~", "!", "*", "&" -> {
                words.next();
                yield new Node.Unary(token.at(), token.text().charAt(0), unary());
            }
            case "++", "--" -> {
                words.next();
                Node one = new Node.IntegerLiteral(token.at(), 1, types.c("int"));
                yield new Node.Assignment(token.at(), token.text().substring(1), unary(), one);
            }
            case "{" -> {
                words.next();
                Type type = typeNames.require();
                words.expect("}");
                yield new Node.TypedMemory(token.at(), type, unary());
            }
            case "(" -> castOrGroup();
            default -> throw words.unexpected();
        };
    }

    private Node sizeOf() {
        int at = words.next().at();
        if (words.isNext("(") && typeNames.startsAt(1)) {
            words.next();
            Type type = typeNames.require();
            words.expect(")");
            return new Node.SizeOf(at, new Node.TypeName(at, type));
        }
        return new Node.SizeOf(at, unary());
    }

    private Node castOrGroup() {
        if (!typeNames.startsAt(1)) {
            return postfix(group());
        }
        int at = words.next().at();
        Type type = typeNames.require();
        words.expect(")");
        return words.atEnd() || words.isNext(")")
                ? new Node.TypeName(at, type) // whatis (type)
                : new Node.Cast(at, type, unary());
    }

    private Node group() {
        words.expect("(");
        Node inside = comma();
        words.expect(")");
        return inside;
    }

    private Node postfix(Node start) {
        Node node = start;
        while (words.peek().kind() == Token.Kind.OPERATOR) {
            Token token = words.peek();
            switch (token.text()) {
                case ".", "->" -> {
                    words.next();
                    node = new Node.MemberAccess(words.peek().at(), node, words.name("a member"));
                }
                case "[" -> {
                    words.next();
                    node = new Node.Index(token.at(), node, comma());
                    words.expect("]");
                }
                case "++", "--" -> {
                    words.next();
                    node = new Node.PostStep(token.at(), token.text().substring(1), node);
                }
                case "(" ->
                    throw new Misstep(
                            token.at(),
                            "kdive does not call functions of the guest, which may hold locks where it stands;"
                                    + " break stops where the kernel calls one");
                default -> {
                    return node;
                }
            }
        }
        return node;
    }

    private Node primary() {
        Token token = words.peek();
        return switch (token.kind()) {
            case NUMBER -> Literals.number(words.next(), types);
            case CHARACTER -> Literals.character(words.next(), types);
            case STRING -> string();
            case DOLLAR -> dollar();
            case NAME -> named();
            case OPERATOR, END -> throw words.unexpected();
        };
    }

    private Node string() {
        int at = words.peek().at();
        List<Byte> text = new ArrayList<>();
        while (words.peek().kind() == Token.Kind.STRING) {
            text.addAll(words.next().bytes());
        }
        return new Node.StringLiteral(at, List.copyOf(text));
    }

    private Node dollar() {
        Token token = words.next();
        String name = token.text().substring(1);
        return words.isNext("(") && Functions.NAMES.contains(name)
                ? call(token.at(), name)
                : new Node.Dollar(token.at(), name);
    }

    private Node named() {
        Token token = words.peek();
        if (typeNames.startsAt(0)) {
            return new Node.TypeName(token.at(), typeNames.require());
        }
        words.next();
        if (words.isNext("(")) {
            if (token.text().equals("offsetof")) {
                return offsetOf(token.at());
            }
            if (CONTAINER_OF.contains(token.text())) {
                return containerOf(token.at());
            }
            String function = FUNCTIONS.get(token.text());
            if (function != null) {
                return call(token.at(), function);
            }
        }
        return new Node.Name(token.at(), token.text());
    }

    private Node offsetOf(int at) {
        words.expect("(");
        Type type = typeNames.require();
        words.expect(",");
        Node place = memberOf(at, type);
        words.expect(")");
        return new Node.Cast(at, types.c("unsigned long"), place);
    }

    private Node containerOf(int at) {
        words.expect("(");
        Node pointer = assignment();
        words.expect(",");
        Type type = typeNames.require();
        words.expect(",");
        Node part = memberOf(at, type);
        words.expect(")");
        return new Node.ContainerOf(at, pointer, type, part);
    }

    // &((type *)0)->member.path[1]
    private Node memberOf(int at, Type type) {
        Node nothing = new Node.IntegerLiteral(at, 0, types.c("long"));
        Node object = new Node.Cast(at, types.pointerTo(type), nothing);
        int place = words.peek().at();
        return new Node.Unary(at, '&', postfix(new Node.MemberAccess(place, object, words.name("a member"))));
    }

    private Node call(int at, String function) {
        words.expect("(");
        List<Node> arguments = new ArrayList<>();
        while (!words.isNext(")")) {
            arguments.add(assignment());
            if (!words.isNext(")")) {
                words.expect(",");
            }
        }
        words.expect(")");
        return new Node.Call(at, function, arguments);
    }
}
