package org.kdive.images.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kdive.images.linux.FakeKernel.U16;
import static org.kdive.images.linux.FakeKernel.U64;
import static org.kdive.images.linux.FakeKernel.bits;
import static org.kdive.images.linux.FakeKernel.member;

import org.junit.jupiter.api.Test;
import org.kdive.images.ImageException;

final class PrintkTest {
    @Test
    void readsRecordsFromTailToHead() {
        FakeKernel kernel = FakeLog.span(FakeLog.kernel(), 4, 6);
        FakeLog.record(kernel, 4, FakeLog.FINALIZED, 0, 24, "Linux version", 5);
        FakeLog.record(kernel, 5, FakeLog.FINALIZED, 3, 3, "", 6);
        FakeLog.record(kernel, 6, 1L << 62, 24, 40, "hello", 4);

        Printk log = Printk.of(kernel.live());

        assertThat(log.lost()).isEmpty();
        assertThat(log.records())
                .containsExactly(
                        new LogRecord(4, 4_000_000, 0, 5, "Linux version"),
                        new LogRecord(5, 5_000_000, 0, 6, ""),
                        new LogRecord(6, 6_000_000, 0, 4, "hello"));
    }

    @Test
    void aBlockThatDidNotFitTheEndIsAtTheFront() {
        FakeKernel kernel = FakeLog.span(FakeLog.kernel(), 8, 9);
        FakeLog.record(kernel, 8, FakeLog.FINALIZED, 64 + 48, 128 + 24, "wrapped text", 6);
        FakeLog.record(kernel, 9, FakeLog.FINALIZED, 128 + 24, 128 + 40, "next", 6);

        assertThat(Printk.of(kernel.live()).records())
                .extracting(LogRecord::text)
                .containsExactly("wrapped text", "next");
    }

    @Test
    void aBlockThatFillsTheRingToItsEndIsNotWrapped() {
        FakeKernel kernel = FakeLog.span(FakeLog.kernel(), 8, 8);
        FakeLog.record(kernel, 8, FakeLog.FINALIZED, 64 + 40, 128, "to the very end", 6);

        assertThat(Printk.of(kernel.live()).records())
                .extracting(LogRecord::text)
                .containsExactly("to the very end");
    }

    @Test
    void skipsRecordsThatAreBeingWrittenOrWereGivenBack() {
        FakeKernel kernel = FakeLog.span(FakeLog.kernel(), 4, 7);
        FakeLog.record(kernel, 4, 0, 0, 24, "reserved", 6);
        FakeLog.record(kernel, 5, 3L << 62, 24, 48, "reusable", 6);
        FakeLog.record(kernel, 6, FakeLog.FINALIZED, 0, 24, "kept", 6);

        assertThat(Printk.of(kernel.live()).records())
                .extracting(LogRecord::text)
                .containsExactly("kept");
    }

    @Test
    void anEmptyRingHasNoRecords() {
        long first = -(4 + 1) & (1L << 62) - 1; // DESC0_ID of a ring of 4
        FakeKernel kernel = FakeLog.span(FakeLog.kernel(), first, first);

        assertThat(Printk.of(kernel.live()).records()).isEmpty();
    }

    @Test
    void survivesATailThatDoesNotFitItsHead() {
        FakeKernel kernel = FakeLog.span(FakeLog.kernel(), 100, 6);
        FakeLog.record(kernel, 6, FakeLog.FINALIZED, 0, 24, "last", 6);

        Printk log = Printk.of(kernel.live());

        assertThat(log.records()).extracting(LogRecord::text).containsExactly("last");
        assertThat(log.lost()).contains("tail");
    }

    @Test
    void refusesARingOfImpossibleSize() {
        FakeKernel kernel = FakeLog.span(FakeLog.kernel(), 0, 0).put(FakeLog.RING, 60, 4);

        assertThatThrownBy(() -> Printk.of(kernel.live()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("count_bits");
    }

    @Test
    void readsTheLogOfKernelsBeforeTheRing() {
        long buffer = 0xffffffff82500000L;
        FakeKernel kernel = new FakeKernel();
        kernel.struct(
                "printk_log",
                16,
                member("ts_nsec", 0, U64),
                member("len", 8, U16),
                member("text_len", 10, U16),
                member("facility", 14, new org.kdive.images.types.IntType("unsigned char", 1, false, false, false)),
                bits("level", 15 * 8 + 5, 3));
        long words = buffer + 0x1000;
        kernel.symbol("log_buf", words, 'd').symbol("log_buf_len", words + 8, 'd');
        kernel.symbol("log_first_idx", words + 16, 'd').symbol("log_next_idx", words + 24, 'd');
        kernel.symbol("log_first_seq", words + 32, 'd').symbol("log_next_seq", words + 40, 'd');
        kernel.put(words, buffer).put(words + 8, 128).put(words + 16, 64).put(words + 24, 32);
        kernel.put(words + 32, 10).put(words + 40, 12);
        kernel.put(buffer + 64, 7000)
                .put(buffer + 72, 32, 2)
                .put(buffer + 74, 5, 2)
                .put(buffer + 80, "first");
        kernel.put(buffer + 79, 6 << 5, 1);
        kernel.put(buffer, 9000).put(buffer + 8, 32, 2).put(buffer + 10, 6, 2).put(buffer + 16, "second");

        Printk log = Printk.of(kernel.live());

        assertThat(log.lost()).isEmpty();
        assertThat(log.records())
                .containsExactly(new LogRecord(10, 7000, 0, 6, "first"), new LogRecord(11, 9000, 0, 0, "second"));
    }
}
