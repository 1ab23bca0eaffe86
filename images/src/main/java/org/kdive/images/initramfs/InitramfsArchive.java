package org.kdive.images.initramfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.kdive.images.bytes.Bytes;

/**
 * An initramfs in memory: one or more archives behind each other, of which the last is the root proper. Changing it never
 * touches a disk and needs no root; what is not changed keeps its very bytes.
 */
public final class InitramfsArchive {
    private static final int MAX_FILE_BYTES = 1 << 30;
    private static final long MAX_UNPACKED_BYTES = 2L << 30;
    // Distributions align the next archive to 4 bytes at least; the kernel wants no more.
    private static final int SEGMENT_ALIGNMENT = 4;

    /** One archive of the file. */
    public record Segment(Compression compression, long offset, FileTree tree) {}

    private record Piece(Segment segment, Bytes raw) {}

    private final List<Piece> pieces;
    private final boolean lastChanged;

    private InitramfsArchive(List<Piece> pieces, boolean lastChanged) {
        this.pieces = pieces;
        this.lastChanged = lastChanged;
    }

    public static InitramfsArchive read(Path file) {
        // All of it is held in memory, so that what fits there is a limit too.
        long fitting = Runtime.getRuntime().maxMemory() / 2;
        return read(Bytes.ofFile(file, MAX_FILE_BYTES), Math.min(fitting, MAX_UNPACKED_BYTES));
    }

    /** @param maxUnpackedBytes more than this of decompressed data is refused */
    public static InitramfsArchive read(Bytes file, long maxUnpackedBytes) {
        Collector collector = new Collector(file);
        new SegmentReader(file, maxUnpackedBytes).visit(collector);
        return new InitramfsArchive(List.copyOf(collector.pieces), false);
    }

    public List<Segment> segments() {
        return pieces.stream().map(Piece::segment).toList();
    }

    private Segment last() {
        return pieces.get(pieces.size() - 1).segment();
    }

    /** The root proper: what is in the last archive. */
    public FileTree tree() {
        return last().tree();
    }

    /** The same file with another root proper, compressed as it was. */
    public InitramfsArchive withTree(FileTree tree) {
        List<Piece> changed = new ArrayList<>(pieces);
        Piece old = changed.remove(changed.size() - 1);
        Segment segment = new Segment(old.segment().compression(), old.segment().offset(), tree);
        changed.add(new Piece(segment, old.raw()));
        return new InitramfsArchive(List.copyOf(changed), true);
    }

    public InitramfsArchive edit(UnaryOperator<FileTree> change) {
        FileTree changed = change.apply(tree());
        return changed.equals(tree()) ? this : withTree(changed);
    }

    /** Replaces the file in one step. */
    public void write(Path target) {
        WholeFile.replace(target, this::write);
    }

    void write(OutputStream out) throws IOException {
        long written = 0;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (lastChanged && i == pieces.size() - 1) {
                out.write(new byte[(int) ((SEGMENT_ALIGNMENT - written % SEGMENT_ALIGNMENT) % SEGMENT_ALIGNMENT)]);
                // Closes the stream, which is why it comes last.
                new InitramfsWriter(piece.segment().compression())
                        .write(piece.segment().tree(), out);
            } else {
                piece.raw().stream().transferTo(out);
                written += piece.raw().size();
            }
        }
    }

    private static final class Collector implements SegmentReader.Visitor {
        private final Bytes file;
        private final List<Piece> pieces = new ArrayList<>();
        private FileTree tree = FileTree.builder().build();
        private long copiedTo;

        Collector(Bytes file) {
            this.file = file;
        }

        @Override
        public void segment(Compression compression, long offset, CpioStream members) throws IOException {
            tree = TreeReader.read(file.source(), members);
        }

        @Override
        public void end(SegmentReader.Extent extent) {
            // From where the last one ended, so that zeros in front are kept too.
            Bytes raw = file.slice(copiedTo, extent.offset() + extent.length() - copiedTo);
            copiedTo = extent.offset() + extent.length();
            pieces.add(new Piece(new Segment(extent.compression(), extent.offset(), tree), raw));
        }
    }
}
