package org.kdive.images.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

final class BytesTest {
    private static final byte[] COUNTING = {1, 2, 3, 4, 5, 6, 7, (byte) 0x88, 9, 10};

    private final Bytes bytes = Bytes.of("file", COUNTING);

    @Test
    void readsBothByteOrders() {
        Bytes big = bytes.withOrder(ByteOrder.BIG_ENDIAN);
        assertThat(bytes.u16At(0)).isEqualTo(0x0201);
        assertThat(big.u16At(0)).isEqualTo(0x0102);
        assertThat(bytes.u32At(4)).isEqualTo(0x88070605L);
        assertThat(bytes.s32At(4)).isNegative();
        assertThat(big.u32At(4)).isEqualTo(0x05060788L);
        assertThat(bytes.u64At(0)).isEqualTo(0x8807060504030201L);
        assertThat(big.wordAt(0, 8)).isEqualTo(0x0102030405060788L);
    }

    @Test
    void movesItsCursorByWhatItReads() {
        assertThat(bytes.u8()).isEqualTo(1);
        assertThat(bytes.u16()).isEqualTo(0x0302);
        assertThat(bytes.align(4).position()).isEqualTo(4);
        assertThat(bytes.u32()).isEqualTo(0x88070605L);
        assertThat(bytes.remaining()).isEqualTo(2);
    }

    @Test
    void readsStringsUpToTheirNul() {
        Bytes text = Bytes.of("file", new byte[] {'a', 'b', 0, (byte) 0xff, 0, 'x'});
        assertThat(text.cstring()).isEqualTo("ab");
        assertThat(text.cstring()).isEqualTo("\u00ff");
        assertThat(text.position()).isEqualTo(5);
        assertThat(text.textAt(0, 2)).isEqualTo("ab");
        assertThatThrownBy(text::cstring).hasMessage("file: malformed at offset 0x5: string without an end");
    }

    @Test
    void tellsTheOffsetInTheSourceFromWithinASlice() {
        Bytes slice = bytes.slice(4, 4).slice(2, 2);
        assertThatThrownBy(() -> slice.u32At(0))
                .asInstanceOf(InstanceOfAssertFactories.type(ImageException.class))
                .extracting(ImageException::failure)
                .asInstanceOf(InstanceOfAssertFactories.type(ImageFailure.Malformed.class))
                .returns("file", ImageFailure.Malformed::source)
                .returns(6L, ImageFailure.Malformed::offset);
    }

    @Test
    void refusesEveryOffsetOutside() {
        List<Consumer<Long>> reads = List.of(
                bytes::u8At,
                bytes::u16At,
                bytes::u32At,
                bytes::u64At,
                bytes::cstringAt,
                bytes::sliceFrom,
                bytes::position,
                o -> bytes.slice(o, 4),
                o -> bytes.slice(0, o),
                o -> bytes.toArray(o, 2));
        for (Consumer<Long> read : reads) {
            for (long offset : new long[] {-1, 11, 1L << 31, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE}) {
                refused(() -> read.accept(offset));
            }
        }
        refused(() -> bytes.u64At(3));
        refused(() -> bytes.take(11));
        refused(() -> bytes.skip(-1));
    }

    @Test
    void aFailedReadLeavesTheCursor() {
        bytes.position(8);
        refused(bytes::u32);
        assertThat(bytes.position()).isEqualTo(8);
    }

    @Test
    void findsBytesInItsOwnWindowOnly() {
        assertThat(bytes.find(new byte[] {5, 6}, 0)).hasValue(4);
        assertThat(bytes.slice(5, 5).find(new byte[] {5, 6}, 0)).isEmpty();
        assertThat(bytes.slice(0, 5).find(new byte[] {5, 6}, 0)).isEmpty();
        assertThat(bytes.slice(4, 6).find(new byte[] {9, 10}, 1)).hasValue(4);
        assertThat(bytes.holdsAt(9, new byte[] {10})).isTrue();
        assertThat(bytes.holdsAt(9, new byte[] {10, 11})).isFalse();
    }

    @Test
    void refusesAFileAboveTheLimit(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("ten"), COUNTING);
        assertThat(Bytes.ofFile(file, 10).toArray()).isEqualTo(COUNTING);
        assertThatThrownBy(() -> Bytes.ofFile(file, 9))
                .extracting(e -> ((ImageException) e).failure())
                .isEqualTo(new ImageFailure.TooLarge(file.toString(), 10, 9));
        assertThatThrownBy(() -> Bytes.ofFile(directory.resolve("none"), 9)).hasMessageEndingWith("none: no such file");
    }

    private static void refused(ThrowingCallable read) {
        assertThatThrownBy(read)
                .isInstanceOf(ImageException.class)
                .extracting(e -> ((ImageException) e).failure())
                .isInstanceOf(ImageFailure.Malformed.class);
    }
}
