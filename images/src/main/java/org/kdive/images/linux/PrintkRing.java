package org.kdive.images.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

// state_var: [ state, 2 bits ][ id ]     descs[id mod count], infos[id mod count]
// text block: [ id, one long ][ text ]   from begin to next, both counting up for ever; odd: no block
/** The log's ring since 5.10. kernel/printk/printk_ringbuffer.c describes it in its first comment. */
final class PrintkRing {
    private static final int MOST_COUNT_BITS = 22;
    private static final int MOST_SIZE_BITS = 30;
    private static final int COMMITTED = 1; // enum desc_state
    private static final int FINALIZED = 2;

    private final LiveKernel kernel;
    private final int countBits;
    private final int sizeBits;
    private final long descs;
    private final long infos;
    private final long data;
    private final long idMask;

    private PrintkRing(LiveKernel kernel, KernelObject ring) {
        this.kernel = kernel;
        countBits = bits(ring, "desc_ring.count_bits", MOST_COUNT_BITS);
        sizeBits = bits(ring, "text_data_ring.size_bits", MOST_SIZE_BITS);
        descs = ring.number("desc_ring.descs");
        infos = ring.number("desc_ring.infos");
        data = ring.number("text_data_ring.data");
        idMask = (1L << 8 * kernel.pointerBytes() - 2) - 1;
    }

    private static int bits(KernelObject ring, String path, int most) {
        long bits = ring.number(path);
        if (bits < 1 || bits > most) {
            throw new ImageException(
                    new ImageFailure.Malformed("printk ring", ring.addressOf(path), "%s is %d".formatted(path, bits)));
        }
        return (int) bits;
    }

    static Printk read(LiveKernel kernel, long address) {
        KernelObject ring = kernel.object("printk_ringbuffer", address);
        return new PrintkRing(kernel, ring)
                .records(ring.number("desc_ring.tail_id.counter"), ring.number("desc_ring.head_id.counter"));
    }

    private Printk records(long tail, long head) {
        List<LogRecord> records = new ArrayList<>();
        String lost = "";
        long count = (head - tail & idMask) + 1;
        if (count > 1L << countBits) {
            lost = "the ring's tail does not fit its head";
            count = 1L << countBits;
        }
        for (long i = count - 1; i >= 0; i--) {
            try {
                record(head - i & idMask).ifPresent(records::add);
            } catch (ImageException e) {
                lost = String.valueOf(e.getMessage());
                if (!(e.failure() instanceof ImageFailure.MemoryFault)) {
                    break; // a layout that we do not know: no record will read
                }
            }
        }
        return new Printk(records, lost);
    }

    private Optional<LogRecord> record(long id) {
        long index = id & (1L << countBits) - 1;
        KernelObject desc = kernel.object(
                "prb_desc", descs + index * kernel.layout("prb_desc").type().bytes());
        long word = desc.number("state_var.counter");
        int state = (int) (word >>> 8 * kernel.pointerBytes() - 2) & 3;
        if ((word & idMask) != id || state != COMMITTED && state != FINALIZED) {
            return Optional.empty();
        }
        KernelObject info = kernel.object(
                "printk_info",
                infos + index * kernel.layout("printk_info").type().bytes());
        String text = text(
                desc.number("text_blk_lpos.begin"), desc.number("text_blk_lpos.next"), (int) info.number("text_len"));
        return Optional.of(new LogRecord(
                info.number("seq"),
                info.number("ts_nsec"),
                (int) info.number("facility"),
                (int) info.number("level"),
                text));
    }

    private String text(long begin, long next, int wanted) {
        if ((begin & next & 1) != 0) {
            return ""; // no data: an empty line, or one that was lost
        }
        long mask = (1L << sizeBits) - 1;
        // begin and next are unsigned longs of the kernel's width; in one round of the ring the block lies where it
        // begins,
        // else it was put at the front
        boolean wrapped = begin >>> sizeBits != next - 1 >>> sizeBits;
        long from = wrapped ? 0 : begin & mask;
        long block = wrapped ? next & mask : next - begin;
        int idBytes = kernel.pointerBytes();
        int length = (int) Math.min(block - idBytes, Math.min(wanted, mask + 1 - from - idBytes));
        if (length <= 0) {
            return "";
        }
        return kernel.bytes("printk text", data + from + idBytes, length).textAt(0, length);
    }
}
