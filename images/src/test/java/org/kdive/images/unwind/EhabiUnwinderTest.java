package org.kdive.images.unwind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.symbols.SystemMap;

final class EhabiUnwinderTest {
    private static final long BASE = 0xc0008000L;
    private static final int TABLE = 0x1000;
    private static final long STACK = 0xc1000000L;

    private final ByteBuffer image = ByteBuffer.allocate(0x4000).order(ByteOrder.LITTLE_ENDIAN);
    private final StackMemory stack = new StackMemory(STACK, 0x1000);
    private int entries;

    private static int prel31(long target, long at) {
        return (int) (target - at) & 0x7fffffff;
    }

    private void entry(long function, int what) {
        int at = TABLE + 8 * entries++;
        image.putInt(at, prel31(function, BASE + at)).putInt(at + 4, what);
    }

    private ExidxTable table() {
        return ExidxTable.of(Bytes.of("Image", image.array()), BASE, TABLE, entries);
    }

    private static RegisterValues at(long pc, long sp, long lr, long fp) {
        return RegisterValues.of(Map.of("pc", pc, "sp", sp, "lr", lr, "r11", fp, "r4", 0x44L, "cpsr", 0x13L));
    }

    @Test
    void runsInlineAndDistantInstructionsToTheEnd() {
        long leaf = BASE + 0x100;
        long middle = BASE + 0x200;
        long outer = BASE + 0x300;
        entry(leaf, 0x80_01_a8_b0); // vsp += 8; pop r4, lr; finish
        int extab = 0x3000;
        entry(middle, prel31(BASE + extab, BASE + TABLE + 8 + 4));
        image.putInt(extab, 0x81_01_b2_01).putInt(extab + 4, 0x84_01_b0_b0); // vsp += 0x208; pop r4, lr
        entry(outer, 1);
        stack.putWords(STACK + 8, 0x4444, (int) middle + 0x10);
        stack.putWords(STACK + 16 + 0x208, 0x5555, (int) outer + 0x20);
        Backtrace trace = new EhabiUnwinder(table(), stack).unwind(at(leaf + 8, STACK, 0, 0), 10);
        assertThat(trace.frames()).extracting(StackFrame::pc).containsExactly(leaf + 8, middle + 0x10, outer + 0x20);
        assertThat(trace.frames()).extracting(StackFrame::sp).containsExactly(STACK, STACK + 16, STACK + 16 + 0x210);
        assertThat(trace.frames().get(1).registers()).containsEntry("r4", 0x4444L);
        assertThat(trace.end()).isEqualTo(Backtrace.End.COMPLETE);
    }

    @Test
    void usesTheLinkRegisterAtAFunctionsFirstInstruction() {
        entry(BASE + 0x100, 0x80_01_a8_b0);
        entry(BASE + 0x200, 1);
        Backtrace trace = new EhabiUnwinder(table(), stack).unwind(at(BASE + 0x100, STACK, BASE + 0x240, 0), 10);
        assertThat(trace.frames()).extracting(StackFrame::pc).containsExactly(BASE + 0x100, BASE + 0x240);
        assertThat(trace.frames().get(1).sp()).isEqualTo(STACK);
    }

    @Test
    void goesThroughAnExceptionThatSavedEverything() {
        long handler = BASE + 0x100;
        long entryCode = BASE + 0x200;
        long interrupted = BASE + 0x300;
        entry(handler, 0x80_a8_b0_b0);
        entry(entryCode, prel31(BASE + 0x3000, BASE + TABLE + 8 + 4));
        image.putInt(0x3000, 0x81_01_b1_0f).putInt(0x3004, 0x8f_ff_b0_b0); // pop r0-r3; pop r4-r15
        entry(interrupted, 1);
        stack.putWords(STACK, 0x44, (int) entryCode + 0x10);
        for (int i = 0; i < 16; i++) {
            stack.putWords(STACK + 8 + 4L * i, 0x100 + i);
        }
        stack.putWords(STACK + 8 + 4 * 13, (int) STACK + 0x200, 0x0e, (int) interrupted + 4);
        Backtrace trace = new EhabiUnwinder(table(), stack).unwind(at(handler + 8, STACK, 0, 0), 10);
        StackFrame found = trace.frames().get(2);
        assertThat(found.kind()).isEqualTo(FrameKind.INTERRUPT);
        assertThat(found.isExact()).isTrue();
        assertThat(found.pc()).isEqualTo(interrupted + 4);
        assertThat(found.sp()).isEqualTo(STACK + 0x200);
        assertThat(found.registers()).containsEntry("r0", 0x100L).containsEntry("lr", 0x0eL);
    }

    @Test
    void takesTheStackFromARegister() {
        entry(BASE + 0x100, 0x80_9b_41_ab); // vsp = r11; vsp -= 8; pop r4-r7, lr
        entry(BASE + 0x200, 1);
        stack.putWords(STACK + 0x100 - 8, 4, 5, 6, 7, (int) BASE + 0x210);
        Backtrace trace = new EhabiUnwinder(table(), stack).unwind(at(BASE + 0x110, STACK, 0, STACK + 0x100), 10);
        assertThat(trace.frames().get(1).pc()).isEqualTo(BASE + 0x210);
        assertThat(trace.frames().get(1).sp()).isEqualTo(STACK + 0x100 + 12);
    }

    @Test
    void stopsWhereItCannotGoOn() {
        entry(BASE + 0x100, 0x80_80_00_b0); // refuse to unwind
        EhabiUnwinder unwinder = new EhabiUnwinder(table(), stack);
        assertThat(unwinder.unwind(at(BASE + 0x110, STACK, 0, 0), 9).reason()).contains("makes no sense");
        assertThat(unwinder.unwind(at(BASE, STACK, 0, 0), 9).reason()).contains("no unwind table");
        entry(BASE + 0x200, 0x80_a8_b0_b0);
        assertThat(new EhabiUnwinder(table(), stack)
                        .unwind(at(BASE + 0x210, 4, 0, 0), 9)
                        .reason())
                .contains("cannot read");
        RegisterValues user = RegisterValues.of(Map.of("pc", 0x8000L, "cpsr", 0x10L));
        assertThat(unwinder.unwind(user, 9).end()).isEqualTo(Backtrace.End.USER);
        assertThatThrownBy(() -> ExidxTable.of(Bytes.of("t", new byte[8]), 0, 4, 1))
                .isInstanceOf(ImageException.class);
    }

    @Test
    void findsTheTableInAFlatImage() {
        StringBuilder map = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            entry(BASE + 4L * i, i % 3 == 0 ? 1 : 0x80_a8_b0_b0);
            map.append("%08x t f%d\n".formatted(BASE + 4L * i, i));
        }
        SymbolTable symbols = SystemMap.read(
                Bytes.of("System.map", map.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        Bytes bytes = Bytes.of("Image", image.array());
        Optional<ExidxTable> found = ExidxTable.find(bytes, BASE, symbols);
        assertThat(found.orElseThrow().count()).isEqualTo(300);
        assertThat(found.orElseThrow().address()).isEqualTo(BASE + TABLE);
        assertThat(ExidxTable.find(bytes, BASE, SymbolTable.empty("none"))).isEmpty();
    }

    @Test
    void endsOnNoise() {
        Random random = new Random(5);
        Memory noise = (address, length) -> {
            byte[] bytes = new byte[length];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt((int) BASE + random.nextInt(0x800));
            return bytes;
        };
        long frames = 0;
        for (int round = 0; round < 20_000; round++) {
            entries = 0;
            for (int i = 0; i < 16; i++) {
                entry(BASE + 0x80L * i, random.nextInt());
            }
            for (int i = 0x3000; i < 0x3100; i++) {
                image.put(i, (byte) random.nextInt(256));
            }
            Map<String, Long> registers = new HashMap<>();
            for (String name : new String[] {"pc", "sp", "lr", "r7", "r11"}) {
                registers.put(name, BASE + random.nextInt(0x800));
            }
            EhabiUnwinder unwinder = new EhabiUnwinder(table(), noise);
            Backtrace trace = unwinder.unwind(RegisterValues.of(registers), 40);
            assertThat(trace.frames()).hasSizeBetween(1, 40);
            frames += trace.frames().size();
        }
        assertThat(frames).isGreaterThan(20_000);
    }
}
