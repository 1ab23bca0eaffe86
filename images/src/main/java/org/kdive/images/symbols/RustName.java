package org.kdive.images.symbols;

import java.util.Optional;

/**
 * Names of Rust functions as people write them: {@code kernel::sync::arc::Arc<u32>::new}. Both manglings: the legacy one,
 * which looks like C++'s, and v0 (RFC 2603). What is not understood stays as it is.
 */
public final class RustName {
    private static final int MOST_STEPS = 2000; // a name may refer back to parts of itself, and a hostile one often
    private static final int MOST_BYTES = 4096;
    private static final int DEEPEST = 64;
    private static final String[] BASIC = new String[26]; // never written after the class is made

    static {
        String letters = "abcdefhijlmnopstuvxyz";
        String[] names = {
            "i8", "bool", "char", "f64", "str", "f32", "u8", "isize", "usize", "i32", "u32", "i128", "u128", "_", "i16",
            "u16", "()", "...", "i64", "u64", "!"
        };
        for (int i = 0; i < names.length; i++) {
            BASIC[letters.charAt(i) - 'a'] = names[i];
        }
    }

    /** Thrown to give up; never leaves this class. */
    private static final class NotUnderstood extends Exception {
        private static final long serialVersionUID = 1L;

        NotUnderstood() {
            super(null, null, false, false);
        }
    }

    private final String text;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int steps;
    private int depth;

    private RustName(String text) {
        this.text = text;
    }

    /** Readable, or the name itself if it is no Rust name or one we cannot read. */
    public static String readable(String name) {
        return demangle(name).orElse(name);
    }

    /** Empty if it is no Rust name or one we cannot read. */
    public static Optional<String> demangle(String name) {
        try {
            if (name.startsWith("_R")) {
                return Optional.of(new RustName(name.substring(2)).v0());
            }
            return name.startsWith("_ZN") ? new RustName(name.substring(3)).legacy() : Optional.empty();
        } catch (NotUnderstood e) {
            return Optional.empty();
        }
    }

    // ---- legacy: { length identifier }* E, the last identifier being h and 16 hex digits

    private Optional<String> legacy() throws NotUnderstood {
        String last = "";
        while (peek() != 'E') {
            String part = take((int) decimal());
            if (!last.isEmpty()) {
                out.append(out.length() == 0 ? "" : "::").append(unescaped(last));
            }
            last = part;
        }
        boolean isRust = last.matches("h[0-9a-f]{16}") && out.length() > 0;
        return isRust ? Optional.of(out.toString()) : Optional.empty();
    }

    private static String unescaped(String part) {
        String plain = part.startsWith("_$") ? part.substring(1) : part;
        return plain.replace("..", "::")
                .replace("$LT$", "<")
                .replace("$GT$", ">")
                .replace("$RF$", "&")
                .replace("$BP$", "*")
                .replace("$LP$", "(")
                .replace("$RP$", ")")
                .replace("$C$", ",")
                .replace("$u20$", " ")
                .replace("$u27$", "'")
                .replace("$u5b$", "[")
                .replace("$u5d$", "]")
                .replace("$u7b$", "{")
                .replace("$u7d$", "}")
                .replace("$u7e$", "~");
    }

    // ---- v0

    private String v0() throws NotUnderstood {
        if (Character.isDigit(peek())) {
            throw new NotUnderstood(); // an encoding version that there is not yet
        }
        path();
        return out.toString();
    }

    private void path() throws NotUnderstood {
        enter();
        switch (next()) {
            case 'C' -> identifier();
            case 'N' -> nested();
            case 'M' -> {
                implementation();
                out.append('<');
                type();
                out.append('>');
            }
            case 'X' -> {
                implementation();
                asTrait();
            }
            case 'Y' -> asTrait();
            case 'I' -> generic();
            case 'B' -> backReference(this::path);
            default -> throw new NotUnderstood();
        }
        depth--;
    }

    private void nested() throws NotUnderstood {
        char space = next();
        path();
        int before = out.length();
        out.append("::");
        boolean isSpecial = Character.isUpperCase(space);
        if (isSpecial) {
            out.append(space == 'C' ? "{closure" : space == 'S' ? "{shim" : "{" + space);
        }
        long number = identifier();
        if (isSpecial) {
            out.append('#').append(number).append('}');
        } else if (out.length() == before + 2) {
            out.setLength(before); // an unnamed part says nothing
        }
    }

    /** Where an implementation stands says nothing a reader needs. */
    private void implementation() throws NotUnderstood {
        disambiguator();
        int before = out.length();
        path();
        out.setLength(before);
    }

    private void asTrait() throws NotUnderstood {
        out.append('<');
        type();
        out.append(" as ");
        path();
        out.append('>');
    }

    private void generic() throws NotUnderstood {
        path();
        out.append('<');
        for (int i = 0; peek() != 'E'; i++) {
            out.append(i == 0 ? "" : ", ");
            argument();
        }
        at++;
        out.append('>');
    }

    private void argument() throws NotUnderstood {
        if (peek() == 'L') {
            at++;
            base62();
            out.append("'_");
        } else if (peek() == 'K') {
            at++;
            constant();
        } else {
            type();
        }
    }

    private void constant() throws NotUnderstood {
        char type = next();
        if (type == 'p') {
            out.append('_');
            return;
        }
        if (type == 'B') {
            backReference(this::constant);
            return;
        }
        StringBuilder hex = new StringBuilder();
        boolean isNegative = peek() == 'n';
        at += isNegative ? 1 : 0;
        for (char c = next(); c != '_'; c = next()) {
            hex.append(c);
        }
        if (hex.length() > 15 || !hex.toString().matches("[0-9a-f]*")) {
            throw new NotUnderstood();
        }
        long value = hex.length() == 0 ? 0 : Long.parseLong(hex.toString(), 16);
        out.append(isNegative ? "-" : "").append(type == 'b' ? String.valueOf(value != 0) : String.valueOf(value));
    }

    private void type() throws NotUnderstood {
        enter();
        char tag = next();
        switch (tag) {
            case 'A', 'S' -> {
                out.append('[');
                type();
                if (tag == 'A') {
                    out.append("; ");
                    constant();
                }
                out.append(']');
            }
            case 'R', 'Q' -> {
                if (peek() == 'L') {
                    at++;
                    base62();
                }
                out.append(tag == 'R' ? "&" : "&mut ");
                type();
            }
            case 'P', 'O' -> {
                out.append(tag == 'P' ? "*const " : "*mut ");
                type();
            }
            case 'T' -> tuple();
            case 'B' -> backReference(this::type);
            case 'C', 'N', 'M', 'X', 'Y', 'I' -> {
                at--;
                path();
            }
            default -> basic(tag);
        }
        depth--;
    }

    private void basic(char tag) throws NotUnderstood {
        String name = tag >= 'a' && tag <= 'z' ? BASIC[tag - 'a'] : null;
        if (name == null) {
            throw new NotUnderstood(); // function pointers and trait objects
        }
        out.append(name);
    }

    private void tuple() throws NotUnderstood {
        out.append('(');
        for (int i = 0; peek() != 'E'; i++) {
            out.append(i == 0 ? "" : ", ");
            type();
        }
        at++;
        out.append(')');
    }

    private interface Part {
        void read() throws NotUnderstood;
    }

    private void backReference(Part part) throws NotUnderstood {
        int from = at - 1;
        long target = base62();
        if (target < 0 || target >= from) {
            throw new NotUnderstood();
        }
        int behind = at;
        at = (int) target;
        enter();
        part.read();
        depth--;
        at = behind;
    }

    /** Appends it and answers its disambiguator. */
    private long identifier() throws NotUnderstood {
        long number = disambiguator();
        boolean isPunycode = peek() == 'u';
        at += isPunycode ? 1 : 0;
        int length = (int) decimal();
        at += peek() == '_' ? 1 : 0;
        String name = take(length);
        out.append(isPunycode ? "{" + name + "}" : name);
        return number;
    }

    private long disambiguator() throws NotUnderstood {
        if (peek() != 's') {
            return 0;
        }
        at++;
        return base62() + 1;
    }

    /** "_" is 0, "0_" is 1 and so on. A crate's disambiguator has 64 bits and may come out negative. */
    private long base62() throws NotUnderstood {
        long value = 0;
        boolean any = false;
        for (char c = next(); c != '_'; c = next()) {
            int digit = c >= '0' && c <= '9'
                    ? c - '0'
                    : c >= 'a' && c <= 'z' ? c - 'a' + 10 : c >= 'A' && c <= 'Z' ? c - 'A' + 36 : -1;
            if (digit < 0) {
                throw new NotUnderstood();
            }
            value = value * 62 + digit;
            any = true;
        }
        return any ? value + 1 : 0;
    }

    private long decimal() throws NotUnderstood {
        long value = 0;
        int from = at;
        while (Character.digit(peek(), 10) >= 0) {
            value = value * 10 + Character.digit(next(), 10);
            if (value > MOST_BYTES) {
                throw new NotUnderstood();
            }
            if (value == 0) {
                break; // no leading zeros
            }
        }
        if (at == from) {
            throw new NotUnderstood();
        }
        return value;
    }

    private String take(int length) throws NotUnderstood {
        if (length > text.length() - at || out.length() > MOST_BYTES) {
            throw new NotUnderstood();
        }
        at += length;
        return text.substring(at - length, at);
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private char next() throws NotUnderstood {
        if (at >= text.length()) {
            throw new NotUnderstood();
        }
        return text.charAt(at++);
    }

    private void enter() throws NotUnderstood {
        if (++depth > DEEPEST || ++steps > MOST_STEPS || out.length() > MOST_BYTES) {
            throw new NotUnderstood();
        }
    }
}
