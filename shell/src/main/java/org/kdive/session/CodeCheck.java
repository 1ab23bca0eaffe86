package org.kdive.session;

import java.util.List;
import java.util.OptionalLong;
import org.kdive.images.Program;
import org.kdive.images.patches.CodeComparison;
import org.kdive.images.patches.KernelCode;

/** The kernel's code in memory, held against its image. Session thread. */
public final class CodeCheck {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Stop stop;
    private final long slideBytes;
    private final KernelCode code;

    /** A piece of the kernel, at run-time addresses. */
    public record Piece(String name, long start, long end, boolean isCode) {}

    private CodeCheck(Stop stop, Program program, long slideBytes, Runnable between) {
        this.stop = stop;
        this.slideBytes = slideBytes;
        this.code = KernelCode.of(program.image(), program.symbols(), slideBytes, between);
    }

    /**
     * Throws when no image is known, or not yet where it runs.
     *
     * @param between called again and again; may throw
     */
    public static CodeCheck of(Stop stop, Runnable between) {
        Program program = stop.program()
                .orElseThrow(() -> new SessionException(
                        "no kernel image is known; give one with --kernel", new SessionFailure.NoSymbol("")));
        OptionalLong slide = program.slideBytes();
        if (slide.isEmpty()) {
            throw new SessionException(
                    "the kernel has not chosen its place yet: there is nothing to compare",
                    new SessionFailure.Unsupported("compare-sections"));
        }
        return new CodeCheck(stop, program, slide.getAsLong(), between);
    }

    /** What the image has code or constant data of. */
    public List<Piece> pieces() {
        return code.pieces().stream()
                .map(piece ->
                        new Piece(piece.name(), piece.start() + slideBytes, piece.end() + slideBytes, piece.isCode()))
                .toList();
    }

    /**
     * Throws MemoryFault where a part of it is not mapped any more.
     *
     * @param between called again and again; may throw
     */
    public CodeComparison compare(Piece piece, Runnable between) {
        byte[] live = new byte[(int) (piece.end() - piece.start())];
        for (int done = 0; done < live.length; done += CHUNK_BYTES) {
            between.run();
            int count = Math.min(CHUNK_BYTES, live.length - done);
            System.arraycopy(stop.memory().read(piece.start() + done, count), 0, live, done, count);
        }
        return code.compare(piece.start() - slideBytes, live);
    }

    /** As the image has it, at the run-time place. */
    public byte[] expected(long address, int length) {
        return code.expected(address - slideBytes, length);
    }
}
