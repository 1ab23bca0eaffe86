package org.kdive.images.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class FramePointerUnwinderTest {
    private static final long BASE = 0xffff800008000000L;
    private static final long STACK = BASE + 0x2000;
    private static final long FUNCTION = BASE + 0x1000;

    private final StackMemory memory = new StackMemory(BASE, 0x4000);

    private static OptionalLong start(long pc) {
        return pc >= FUNCTION && pc < FUNCTION + 0x200 ? OptionalLong.of(FUNCTION) : OptionalLong.empty();
    }

    private static RegisterValues registers(Object... pairs) {
        Map<String, Long> values = new java.util.HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put((String) pairs[i], (Long) pairs[i + 1]);
        }
        return RegisterValues.of(values);
    }

    @Test
    void walksArm64RecordsAndStripsSignatures() {
        // stp x29, x30, [sp, #-32]!; mov x29, sp; nop
        memory.putWords(FUNCTION, 0xa9be7bfd, 0x910003fd, 0xd503201f);
        memory.put(STACK, STACK + 0x40, 0x00b5_8000_0800_1230L | 1L << 55);
        memory.put(STACK + 0x40, 0, 0);
        Backtrace trace = FramePointerUnwinder.arm64(memory, FramePointerUnwinderTest::start, 48, Optional.empty())
                .unwind(registers("pc", FUNCTION + 8, "sp", STACK, "x29", STACK, "x30", 1L, "cpsr", 5L), 10);
        assertThat(trace.frames()).extracting(StackFrame::pc).containsExactly(FUNCTION + 8, 0xffff_8000_0800_1230L);
        assertThat(trace.frames().get(1).sp()).isEqualTo(STACK + 32);
        assertThat(trace.frames().get(1).registers())
                .containsOnly(
                        Map.entry("pc", 0xffff_8000_0800_1230L),
                        Map.entry("x30", 0xffff_8000_0800_1230L),
                        Map.entry("x29", STACK + 0x40),
                        Map.entry("sp", STACK + 32));
        assertThat(trace.end()).isEqualTo(Backtrace.End.COMPLETE);
    }

    @Test
    void readsTheStackPointerOfTheCallerFromTheCodeThatMadeTheFrame() {
        // sub sp, sp, #80; stp x29, x30, [sp, #16]; add x29, sp, #16
        memory.putWords(FUNCTION, 0xd10143ff, 0xa9017bfd, 0x910043fd, 0xd503201f);
        memory.put(STACK, STACK + 0x80, BASE + 0x500);
        FramePointerUnwinder unwinder =
                FramePointerUnwinder.arm64(memory, FramePointerUnwinderTest::start, 48, Optional.empty());
        RegisterValues inside = registers("pc", FUNCTION + 12, "sp", STACK - 16, "x29", STACK, "x30", 1L, "cpsr", 5L);
        assertThat(unwinder.unwind(inside, 2).frames().get(1).sp()).isEqualTo(STACK + 64);

        RegisterValues early = registers("pc", FUNCTION + 4, "sp", STACK, "x29", 0L, "x30", BASE + 0x500, "cpsr", 5L);
        assertThat(unwinder.unwind(early, 2).frames().get(1).registers()).containsEntry("sp", STACK + 80);
    }

    @Test
    void knowsNoStackPointerWhereNoCodeTells() {
        memory.put(STACK, STACK + 0x80, BASE + 0x500);
        StackFrame caller = FramePointerUnwinder.arm64(memory, pc -> OptionalLong.empty(), 48, Optional.empty())
                .unwind(registers("pc", FUNCTION, "sp", STACK, "x29", STACK, "x30", 1L, "cpsr", 5L), 2)
                .frames()
                .get(1);
        assertThat(caller.registers()).containsOnlyKeys("pc", "x29", "x30");
    }

    @Test
    void takesTheLinkRegisterBeforeTheRecordIsMadeAndAfterItIsGone() {
        memory.putWords(FUNCTION, 0xa9be7bfd, 0x910003fd, 0xa8c27bfd, 0xd65f03c0);
        memory.put(STACK, 0, 0);
        FramePointerUnwinder unwinder =
                FramePointerUnwinder.arm64(memory, FramePointerUnwinderTest::start, 48, Optional.empty());
        for (long offset : new long[] {0, 4, 12}) {
            Backtrace trace = unwinder.unwind(
                    registers("pc", FUNCTION + offset, "sp", STACK, "x29", STACK, "x30", BASE + 0x500, "cpsr", 5L), 10);
            assertThat(trace.frames()).extracting(StackFrame::pc).containsExactly(FUNCTION + offset, BASE + 0x500);
        }
    }

    @Test
    void takesTheLinkRegisterAsAGuessWhereTheCodeIsNone() {
        memory.putWords(FUNCTION, 0xa9be7bfd, 0x910003fd, 0xd503201f); // the caller, which has its record
        memory.put(STACK, 0, BASE + 0x500);
        FramePointerUnwinder unwinder =
                FramePointerUnwinder.arm64(memory, FramePointerUnwinderTest::start, 48, Optional.empty());
        long nowhere = 0xdead_0000L;
        Backtrace trace = unwinder.unwind(
                registers("pc", nowhere, "sp", STACK, "x29", STACK, "x30", FUNCTION + 16, "cpsr", 5L), 10);
        assertThat(trace.frames()).extracting(StackFrame::pc).containsExactly(nowhere, FUNCTION + 16, BASE + 0x500);
        assertThat(trace.frames())
                .extracting(StackFrame::kind)
                .containsExactly(FrameKind.NORMAL, FrameKind.GUESS, FrameKind.NORMAL);

        for (long stale : new long[] {nowhere, BASE + 0x500}) { // no function's, and one that the record has
            assertThat(unwinder.unwind(
                                    registers("pc", nowhere, "sp", STACK, "x29", STACK, "x30", stale, "cpsr", 5L), 10)
                            .frames())
                    .extracting(StackFrame::pc)
                    .containsExactly(nowhere, BASE + 0x500);
        }
    }

    @Test
    void takesTheLinkRegisterOnTheWayOutOnceTheRecordIsLoaded() {
        // stp x29, x30, [sp, #16]; add x29, sp, #16 | ldp x29, x30, [sp, #16]; ldp x19, x20, [sp, #32]; add sp, sp,
        // #144; autiasp; b
        memory.putWords(FUNCTION, 0xd10243ff, 0xa9017bfd, 0x910043fd, 0xd503201f);
        memory.putWords(FUNCTION + 16, 0xa9417bfd, 0xa94253f3, 0x910243ff, 0xd50323bf, 0x14000100);
        memory.put(STACK + 16, STACK + 0x200, BASE + 0x500);
        memory.put(STACK + 0x200, 0, BASE + 0x600);
        FramePointerUnwinder unwinder =
                FramePointerUnwinder.arm64(memory, FramePointerUnwinderTest::start, 48, Optional.empty());
        for (int offset = 12; offset <= 28; offset += 4) {
            boolean loaded = offset > 16;
            Backtrace trace = unwinder.unwind(
                    registers(
                            "pc", FUNCTION + offset,
                            "sp", offset == 28 ? STACK + 0x90 : STACK,
                            "x29", loaded ? STACK + 0x200 : STACK + 16,
                            "x30", loaded ? BASE + 0x500 : BASE + 0x700,
                            "cpsr", 5L),
                    10);
            assertThat(trace.frames())
                    .as("at +" + offset)
                    .extracting(StackFrame::pc)
                    .containsExactly(FUNCTION + offset, BASE + 0x500, BASE + 0x600);
            assertThat(trace.frames().get(1).sp()).isEqualTo(STACK + 0x90);
        }
    }

    @Test
    void walksX86FromEveryPlaceOfTheFirstInstructions() {
        // endbr64; push rbp; mov rbp, rsp; nop; pop rbp; ret
        memory.putCode(FUNCTION, 0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x48, 0x89, 0xe5, 0x90, 0x5d, 0xc3);
        long caller = BASE + 0x300;
        memory.put(STACK + 0x100, 0, BASE + 0x400); // the caller's record
        FramePointerUnwinder unwinder = FramePointerUnwinder.x86(memory, FramePointerUnwinderTest::start);
        memory.put(STACK + 0x20, STACK + 0x100, caller);
        long[][] places = {
            {0, STACK + 0x28, STACK + 0x100},
            {4, STACK + 0x28, STACK + 0x100},
            {5, STACK + 0x20, STACK + 0x100},
            {8, STACK + 0x20, STACK + 0x20},
            {10, STACK + 0x28, STACK + 0x100}
        };
        for (long[] place : places) {
            Backtrace trace = unwinder.unwind(
                    registers("rip", FUNCTION + place[0], "rsp", place[1], "rbp", place[2], "cs", 16L), 9);
            assertThat(trace.frames())
                    .as("at +" + place[0])
                    .extracting(StackFrame::pc)
                    .containsExactly(FUNCTION + place[0], caller, BASE + 0x400);
            assertThat(trace.frames().get(1).sp()).isEqualTo(STACK + 0x30);
        }
    }

    @Test
    void walksRiscvRecordsBelowTheFramePointer() {
        // c.addi sp, -16; c.sdsp s0, 0(sp); c.sdsp ra, 8(sp); c.addi4spn s0, sp, 16; c.nop
        memory.putCode(FUNCTION, 0x41, 0x11, 0x22, 0xe0, 0x06, 0xe4, 0x00, 0x08, 0x01, 0x00);
        memory.put(STACK + 0x10, STACK + 0x40, BASE + 0x300);
        memory.put(STACK + 0x30, 0, 0);
        FramePointerUnwinder unwinder = FramePointerUnwinder.riscv64(memory, FramePointerUnwinderTest::start);
        Backtrace inside = unwinder.unwind(
                registers("pc", FUNCTION + 8, "sp", STACK + 0x10, "fp", STACK + 0x20, "ra", 5L, "priv", 1L), 9);
        assertThat(inside.frames()).extracting(StackFrame::pc).containsExactly(FUNCTION + 8, BASE + 0x300);
        assertThat(inside.end()).isEqualTo(Backtrace.End.COMPLETE);
        Backtrace before = unwinder.unwind(
                registers("pc", FUNCTION, "sp", STACK, "fp", STACK + 0x20, "ra", BASE + 0x700, "priv", 1L), 9);
        assertThat(before.frames()).extracting(StackFrame::pc).containsExactly(FUNCTION, BASE + 0x700, BASE + 0x300);
    }

    @Test
    void endsOnStacksThatLoopOrMakeNoSense() {
        memory.put(STACK, STACK, BASE + 0x300);
        FramePointerUnwinder unwinder =
                FramePointerUnwinder.arm64(memory, pc -> OptionalLong.empty(), 48, Optional.empty());
        Backtrace loop = unwinder.unwind(registers("pc", FUNCTION, "sp", STACK, "x29", STACK, "cpsr", 5L), 1000);
        assertThat(loop.end()).isEqualTo(Backtrace.End.LOST);
        assertThat(loop.frames()).hasSizeLessThan(20);
        assertThat(unwinder.unwind(registers("pc", FUNCTION, "sp", STACK, "x29", 3L, "cpsr", 5L), 9)
                        .reason())
                .contains("not aligned");
        assertThat(unwinder.unwind(registers("pc", FUNCTION, "sp", STACK, "x29", 8L, "cpsr", 5L), 9)
                        .reason())
                .contains("cannot read");
        assertThat(unwinder.unwind(registers("pc", 8L, "cpsr", 0L), 9).end()).isEqualTo(Backtrace.End.USER);
    }
}
