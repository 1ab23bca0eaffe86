package org.kdive.images.linux;

import static org.kdive.images.linux.FakeKernel.POINTER;
import static org.kdive.images.linux.FakeKernel.U16;
import static org.kdive.images.linux.FakeKernel.U32;
import static org.kdive.images.linux.FakeKernel.U64;
import static org.kdive.images.linux.FakeKernel.bits;
import static org.kdive.images.linux.FakeKernel.member;

import org.kdive.images.types.IntType;
import org.kdive.images.types.StructType;

/** A printk ring of 4 records and 64 bytes of text in a fake kernel's memory. */
final class FakeLog {
    static final long RING = 0xffffffff82400000L;
    static final long FINALIZED = 2L << 62;
    private static final long DESCS = RING + 0x1000;
    private static final long INFOS = RING + 0x2000;
    private static final long TEXT = RING + 0x3000;

    private FakeLog() {}

    static FakeKernel kernel() {
        FakeKernel kernel = new FakeKernel();
        StructType counter = kernel.struct("atomic64_t", 8, member("counter", 0, U64));
        StructType positions = kernel.struct("prb_data_blk_lpos", 16, member("begin", 0, U64), member("next", 8, U64));
        StructType descs = kernel.struct(
                "prb_desc_ring",
                48,
                member("count_bits", 0, U32),
                member("descs", 8, POINTER),
                member("infos", 16, POINTER),
                member("head_id", 24, counter),
                member("tail_id", 32, counter));
        StructType data = kernel.struct("prb_data_ring", 16, member("size_bits", 0, U32), member("data", 8, POINTER));
        kernel.struct("printk_ringbuffer", 64, member("desc_ring", 0, descs), member("text_data_ring", 48, data));
        kernel.struct("prb_desc", 24, member("state_var", 0, counter), member("text_blk_lpos", 8, positions));
        kernel.struct(
                "printk_info",
                24,
                member("seq", 0, U64),
                member("ts_nsec", 8, U64),
                member("text_len", 16, U16),
                member("facility", 18, new IntType("unsigned char", 1, false, false, false)),
                bits("flags", 19 * 8, 5),
                bits("level", 19 * 8 + 5, 3));
        kernel.symbol("prb", RING - 8, 'D').put(RING - 8, RING);
        kernel.put(RING, 2, 4).put(RING + 8, DESCS).put(RING + 16, INFOS);
        kernel.put(RING + 48, 6, 4).put(RING + 56, TEXT);
        kernel.map(DESCS, 0x100).map(INFOS, 0x100).map(TEXT, 64);
        return kernel;
    }

    static FakeKernel span(FakeKernel kernel, long tail, long head) {
        return kernel.put(RING + 24, head).put(RING + 32, tail);
    }

    static FakeKernel record(FakeKernel kernel, long id, long state, long begin, long next, String text, int level) {
        long desc = DESCS + 24 * (id & 3);
        long info = INFOS + 24 * (id & 3);
        kernel.put(desc, state | id).put(desc + 8, begin).put(desc + 16, next);
        kernel.put(info, id).put(info + 8, id * 1_000_000).put(info + 16, text.length(), 2);
        kernel.put(info + 19, 2 | level << 5, 1);
        if ((begin & 1) == 0) {
            boolean wrapped = begin / 64 != (next - 1) / 64;
            kernel.put(TEXT + (wrapped ? 0 : begin % 64) + 8, text);
        }
        return kernel;
    }
}
