package org.kdive.session.expression;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.Type;

/** C's texts in the guest: a char array or what a pointer to char points to. */
final class Text {
    private static final int LONGEST = 4096;

    private Text() {}

    /** A text that stands in the expression itself. */
    static boolean isLiteral(Value value) {
        return value.type().strip() instanceof ArrayType && value.place() instanceof Place.Nowhere;
    }

    /** kdive's own addition to C: {@code comm == "bash"} compares what the two say. */
    static boolean areEqual(Evaluator in, int at, Value left, Value right) {
        return read(in, at, left).equals(read(in, at, right));
    }

    /** Up to its NUL, a character each byte. */
    static String read(Evaluator in, int at, Value value) {
        Type bare = value.type().strip();
        if (bare instanceof ArrayType array && array.element().type().sizeBytes() == 1) {
            String all = new String(value.bytes(), StandardCharsets.ISO_8859_1);
            int end = all.indexOf('\0');
            return end < 0 ? all : all.substring(0, end);
        }
        if (bare instanceof PointerType pointer && pointer.target().type().sizeBytes() == 1) {
            return atAddress(in, in.asNumber(value));
        }
        throw new Misstep(at, "no text: a char array or a pointer to char is wanted");
    }

    private static String atAddress(Evaluator in, long start) {
        Type one = in.types().c("char");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < LONGEST; i++) {
            int c = in.memory(one, start + i).bytes()[0];
            if (c == 0) {
                break;
            }
            bytes.write(c);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
