package org.kdive.images.unwind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kdive.images.unwind.OrcBuilder.BP;
import static org.kdive.images.unwind.OrcBuilder.PREV_SP;
import static org.kdive.images.unwind.OrcBuilder.R10;
import static org.kdive.images.unwind.OrcBuilder.SP;
import static org.kdive.images.unwind.OrcBuilder.SP_INDIRECT;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;

final class OrcUnwinderTest {
    private static final long LEAF = 0xffffffff81000100L;
    private static final long MIDDLE = 0xffffffff81000200L;
    private static final long OUTER = 0xffffffff81000300L;
    private static final long ENTRY = 0xffffffff81000400L;
    private static final long END = 0xffffffff81000500L;
    private static final long STACK = 0xffffc90000010000L;

    private final StackMemory stack = new StackMemory(STACK, 0x4000);

    // the bits above the registers: v3 has type in 0..2 and signal in 3, v1 type in 0..1 and end in 2
    private static int rest(OrcVersion version, OrcEntry.Type type) {
        boolean isEnd = type == OrcEntry.Type.END_OF_STACK;
        boolean isSignal = type == OrcEntry.Type.REGS || type == OrcEntry.Type.REGS_PARTIAL;
        int number = switch (type) {
            case UNDEFINED -> 0;
            case END_OF_STACK -> 1;
            case CALL -> 2;
            case REGS -> 3;
            case REGS_PARTIAL -> 4;
        };
        return switch (version) {
            case V1 -> isEnd ? 1 << 2 : number - 2;
            case V2 -> isEnd ? 1 << 3 : number - 2 | (isSignal ? 1 << 2 : 0);
            case V3, V4 -> number | (isSignal ? 1 << 3 : 0);
        };
    }

    private static OrcTable table(OrcVersion version, OrcEntry.Type entryType) {
        int call = rest(version, OrcEntry.Type.CALL);
        return new OrcBuilder()
                .row(LEAF, SP, 8, 0, 0, call)
                .row(MIDDLE, SP, 8, 0, 0, call)
                .row(MIDDLE + 1, SP, 16, PREV_SP, -16, call)
                .row(MIDDLE + 4, BP, 16, PREV_SP, -16, call)
                .row(OUTER, SP, 0x28, 0, 0, call)
                .row(ENTRY, SP, entryType == OrcEntry.Type.END_OF_STACK ? 0 : 8, 0, 0, rest(version, entryType))
                .row(END, 0, 0, 0, 0, 0)
                .build(version);
    }

    private Backtrace unwind(OrcLookup table, long rip, long rsp, long rbp) {
        Map<String, Long> registers = Map.of("rip", rip, "rsp", rsp, "rbp", rbp, "cs", 0x10L);
        return new OrcUnwinder(table, stack).unwind(RegisterValues.of(registers), 32);
    }

    /** LEAF called by MIDDLE (which keeps a frame pointer), called by OUTER, called by the end of the stack. */
    private void fill() {
        stack.put(STACK + 0x100, MIDDLE + 0x20); // return address of LEAF
        stack.put(STACK + 0x140, 0x1234, OUTER + 0x30); // MIDDLE's saved rbp and return address
        stack.put(STACK + 0x150 + 0x20, ENTRY + 5); // OUTER's
    }

    @ParameterizedTest
    @EnumSource(names = {"V1", "V3"})
    void walksCallsToTheEndOfTheStack(OrcVersion version) {
        fill();
        OrcTable table = new OrcBuilder()
                .row(LEAF, SP, 8, 0, 0, rest(version, OrcEntry.Type.CALL))
                .row(MIDDLE, BP, 16, PREV_SP, -16, rest(version, OrcEntry.Type.CALL))
                .row(OUTER, SP, 0x28, 0, 0, rest(version, OrcEntry.Type.CALL))
                .row(ENTRY, 0, 0, 0, 0, rest(version, OrcEntry.Type.END_OF_STACK))
                .row(END, 0, 0, 0, 0, 0)
                .build(version);
        Backtrace trace = unwind(table, LEAF, STACK + 0x100, STACK + 0x140);
        assertThat(trace.frames())
                .extracting(StackFrame::pc)
                .containsExactly(LEAF, MIDDLE + 0x20, OUTER + 0x30, ENTRY + 5);
        assertThat(trace.frames())
                .extracting(StackFrame::sp)
                .containsExactly(STACK + 0x100, STACK + 0x108, STACK + 0x150, STACK + 0x178);
        assertThat(trace.end()).isEqualTo(Backtrace.End.COMPLETE);
        assertThat(trace.frames().get(2).fp()).hasValue(0x1234);
        assertThat(trace.frames().get(0).lookupPc()).isEqualTo(LEAF);
        assertThat(trace.frames().get(1).lookupPc()).isEqualTo(MIDDLE + 0x1f);
    }

    @Test
    void marksACallerOutsideOfAllCodeAsAGuess() {
        stack.put(STACK + 0x100, 0xffff88801f231980L); // pushed by code that was patched in: no return address
        Backtrace trace = unwind(table(OrcVersion.V3, OrcEntry.Type.END_OF_STACK), LEAF, STACK + 0x100, 0);
        assertThat(trace.frames().get(0).kind()).isEqualTo(FrameKind.NORMAL);
        assertThat(trace.frames().stream().skip(1))
                .extracting(StackFrame::kind)
                .isNotEmpty()
                .containsOnly(FrameKind.GUESS);
        assertThat(trace.end()).isEqualTo(Backtrace.End.LOST);
    }

    @Test
    void goesBackToWhoCalledWhatIsNoCode() {
        stack.put(STACK + 0x100, OUTER + 0x30);
        stack.put(STACK + 0x108 + 0x20, ENTRY + 5);
        for (long nowhere : new long[] {0xdead_0000_0000L, ENTRY + 0x1000}) { // unmapped, and behind all code
            Backtrace trace =
                    unwind(table(OrcVersion.V3, OrcEntry.Type.END_OF_STACK), nowhere, STACK + 0x100, STACK + 0x800);
            assertThat(trace.frames()).extracting(StackFrame::pc).containsExactly(nowhere, OUTER + 0x30, ENTRY + 5);
            assertThat(trace.frames())
                    .extracting(StackFrame::kind)
                    .containsExactly(FrameKind.NORMAL, FrameKind.GUESS, FrameKind.NORMAL);
            assertThat(trace.frames().get(1).sp()).isEqualTo(STACK + 0x108);
            assertThat(trace.end()).isEqualTo(Backtrace.End.COMPLETE);
        }
    }

    @Test
    void followsAKernelWhereItRuns() {
        fill();
        long slide = 0x1a000000;
        stack.put(STACK + 0x100, MIDDLE + slide + 0x20);
        stack.put(STACK + 0x148, OUTER + slide + 0x30);
        stack.put(STACK + 0x170, ENTRY + slide + 5);
        OrcTable table = table(OrcVersion.V3, OrcEntry.Type.END_OF_STACK).slidBy(slide);
        Backtrace trace =
                unwind(OrcLookup.firstOf(java.util.List.of(table)), LEAF + slide, STACK + 0x100, STACK + 0x140);
        assertThat(trace.frames()).hasSize(4);
        assertThat(trace.end()).isEqualTo(Backtrace.End.COMPLETE);
    }

    @ParameterizedTest
    @EnumSource(names = {"V1", "V2", "V3"})
    void goesThroughAnInterruptWithItsRegisters(OrcVersion version) {
        // LEAF was called by the interrupt's entry, whose pt_regs say OUTER was interrupted
        stack.put(STACK + 0x100, ENTRY + 5);
        long regs = STACK + 0x110;
        stack.put(regs + 32, 0x5555); // rbp
        stack.put(regs + 40, 0x77); // rbx
        stack.put(regs + 120, -1, OUTER + 3, 0x10, 0x246, STACK + 0x800);
        stack.put(STACK + 0x800 + 0x20, MIDDLE);
        Backtrace trace = unwind(table(version, OrcEntry.Type.REGS), LEAF, STACK + 0x100, 0);
        StackFrame interrupted = trace.frames().get(2);
        assertThat(interrupted.pc()).isEqualTo(OUTER + 3);
        assertThat(interrupted.sp()).isEqualTo(STACK + 0x800);
        assertThat(interrupted.kind()).isEqualTo(FrameKind.INTERRUPT);
        assertThat(interrupted.isExact()).isTrue();
        assertThat(interrupted.registers()).containsEntry("rbx", 0x77L).containsEntry("rbp", 0x5555L);
        assertThat(trace.frames().get(3).pc()).isEqualTo(MIDDLE);
        assertThat(trace.frames().get(3).registers()).doesNotContainKey("rbx");
    }

    @Test
    void endsAtUserCodeAndTellsSystemCallsFromInterrupts() {
        stack.put(STACK + 0x100, ENTRY + 5);
        stack.put(STACK + 0x110 + 120, 59, 0x401000, 0x33, 0x246, 0x7fff0000);
        Backtrace call = unwind(table(OrcVersion.V3, OrcEntry.Type.REGS), LEAF, STACK + 0x100, 0);
        assertThat(call.end()).isEqualTo(Backtrace.End.USER);
        assertThat(call.frames().get(2).kind()).isEqualTo(FrameKind.SYSCALL);
        assertThat(call.frames().get(2).registers()).containsEntry("orig_rax", 59L);
        stack.put(STACK + 0x110 + 120, -1);
        Backtrace fault = unwind(table(OrcVersion.V3, OrcEntry.Type.REGS), LEAF, STACK + 0x100, 0);
        assertThat(fault.frames().get(2).kind()).isEqualTo(FrameKind.USER);
    }

    @Test
    void takesRegistersFromBeforeAPartialFrame() {
        int call = rest(OrcVersion.V3, OrcEntry.Type.CALL);
        OrcTable table = new OrcBuilder()
                .row(LEAF, SP, 8, 0, 0, rest(OrcVersion.V3, OrcEntry.Type.REGS_PARTIAL))
                .row(MIDDLE, R10, 0, 0, 0, call)
                .row(END, 0, 0, 0, 0, 0)
                .build(OrcVersion.V3);
        stack.put(STACK + 0x108, MIDDLE, 0x10, 0x2, STACK + 0x400);
        stack.put(STACK + 0x600 - 8, LEAF);
        Map<String, Long> registers = new java.util.HashMap<>();
        PtRegs.NAMES.forEach(name -> registers.put(name, 0L));
        registers.putAll(Map.of("rip", LEAF, "rsp", STACK + 0x100, "r10", STACK + 0x600, "cs", 0x10L));
        Backtrace trace = new OrcUnwinder(table, stack).unwind(RegisterValues.of(registers), 3);
        assertThat(trace.frames())
                .extracting(StackFrame::sp)
                .containsExactly(STACK + 0x100, STACK + 0x400, STACK + 0x600);
        assertThat(trace.end()).isEqualTo(Backtrace.End.LIMIT);
    }

    @Test
    void findsTheStackThatAnInterruptStackHangsOn() {
        int call = rest(OrcVersion.V3, OrcEntry.Type.CALL);
        OrcTable table = new OrcBuilder()
                .row(LEAF, SP_INDIRECT, 8, 0, 0, call)
                .row(MIDDLE, 0, 0, 0, 0, rest(OrcVersion.V3, OrcEntry.Type.END_OF_STACK))
                .row(END, 0, 0, 0, 0, 0)
                .build(OrcVersion.V3);
        stack.put(STACK + 0x2000, STACK + 0x100); // the pushed stack pointer
        stack.put(STACK + 0x100, MIDDLE + 1);
        Backtrace trace = unwind(table, LEAF, STACK + 0x2000, 0);
        assertThat(trace.frames()).extracting(StackFrame::sp).containsExactly(STACK + 0x2000, STACK + 0x108);
        assertThat(trace.end()).isEqualTo(Backtrace.End.COMPLETE);
    }

    @Test
    void guessesOnceWhereNoTableHelps() {
        long module = 0xffffffffc0000100L;
        stack.put(STACK + 0x200, STACK + 0x300, OUTER + 4);
        Backtrace trace =
                unwind(table(OrcVersion.V3, OrcEntry.Type.END_OF_STACK), module, STACK + 0x100, STACK + 0x200);
        assertThat(trace.frames().get(1).kind()).isEqualTo(FrameKind.GUESS);
        assertThat(trace.frames().get(1).pc()).isEqualTo(OUTER + 4);
        stack.put(STACK + 0x200, STACK + 0x300, module);
        Backtrace lost = unwind(table(OrcVersion.V3, OrcEntry.Type.END_OF_STACK), module, STACK + 0x100, STACK + 0x200);
        assertThat(lost.end()).isEqualTo(Backtrace.End.LOST);
        assertThat(lost.frames()).hasSize(2);
    }

    @Test
    void unwindsACallThroughNull() {
        stack.put(STACK + 0x100, OUTER + 4);
        Backtrace trace = unwind(table(OrcVersion.V3, OrcEntry.Type.END_OF_STACK), 0, STACK + 0x100, 0);
        assertThat(trace.frames().get(1).pc()).isEqualTo(OUTER + 4);
    }

    @Test
    void stopsWhereTheStackCannotBeRead() {
        Backtrace trace = unwind(table(OrcVersion.V3, OrcEntry.Type.CALL), LEAF, STACK - 0x100, 0);
        assertThat(trace.end()).isEqualTo(Backtrace.End.LOST);
        assertThat(trace.reason()).contains("cannot read the stack at 0x");
        assertThat(trace.frames()).hasSize(1);
    }

    @Test
    void leavesUserCodeAlone() {
        Map<String, Long> registers = Map.of("rip", 0x401000L, "rsp", 0x7fff0000L, "cs", 0x33L);
        Backtrace trace = new OrcUnwinder(table(OrcVersion.V3, OrcEntry.Type.CALL), stack)
                .unwind(RegisterValues.of(registers), 32);
        assertThat(trace.frames()).extracting(StackFrame::kind).containsExactly(FrameKind.USER);
        assertThat(trace.end()).isEqualTo(Backtrace.End.USER);
    }

    @Test
    void startsASleepingTaskAtItsReturnAddress() {
        fill();
        Map<String, Long> registers = Map.of("rip", MIDDLE + 0x20, "rsp", STACK + 0x108, "rbp", STACK + 0x140);
        Backtrace trace = new OrcUnwinder(table(OrcVersion.V3, OrcEntry.Type.END_OF_STACK), stack)
                .unwindSleeping(RegisterValues.of(registers), 32);
        assertThat(trace.frames()).extracting(StackFrame::pc).containsExactly(MIDDLE + 0x20, OUTER + 0x30, ENTRY + 5);
        assertThat(trace.frames().get(0).isExact()).isFalse();
    }

    @Test
    void readsTheRenumberedRegisters() {
        OrcEntry old = OrcEntry.of(16, -16, 0x214, OrcVersion.V3);
        OrcEntry renumbered = OrcEntry.of(16, -16, 0x284, OrcVersion.V4);
        assertThat(old).isEqualTo(renumbered);
        assertThat(old.spRegister()).isEqualTo(OrcRegister.BP);
        assertThat(old.bpRegister()).isEqualTo(OrcRegister.PREV_SP);
        assertThat(OrcEntry.of(0, 0, 0x0ff, OrcVersion.V3).spRegister()).isEqualTo(OrcRegister.UNDEFINED);
        assertThat(OrcEntry.of(0, 0, 0x7ff, OrcVersion.V3).type()).isEqualTo(OrcEntry.Type.UNDEFINED);
    }

    @Test
    void knowsItsVersionByTheHeader() {
        byte[] hash = java.util.HexFormat.of().parseHex("fe5d32bf581bd63b2ca9a5c65ba5a625eab3fe24");
        assertThat(OrcVersion.detect(Optional.of(Bytes.of("h", hash)), Optional.empty()))
                .isEqualTo(OrcVersion.V3);
        hash[0]++;
        assertThat(OrcVersion.detect(Optional.of(Bytes.of("h", hash)), Optional.empty()))
                .isEqualTo(OrcVersion.V3);
        assertThat(OrcVersion.detect(Optional.empty(), Optional.empty())).isEqualTo(OrcVersion.V1);
    }

    @Test
    void refusesHalvesThatDoNotMatch() {
        Bytes ips = Bytes.of("ip", new byte[8]);
        Bytes entries = Bytes.of("orc", new byte[6]);
        assertThatThrownBy(() -> OrcTable.of(ips, entries, 0, OrcVersion.V3))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("do not match");
    }
}
