package org.kdive.images.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.kdive.images.types.Member;
import org.kdive.images.types.StructType;
import org.kdive.images.types.TypeRef;
import org.kdive.images.types.VoidType;

/** Stacks as the entry code of arm64 leaves them, and the moments before it has. */
final class Arm64ExceptionsTest {
    static final StructType PT_REGS =
            new StructType("pt_regs", false, 0x150, List.of(member("syscallno", 0x118), member("stackframe", 0x130)));

    private static final long BASE = 0xffff800008000000L;
    private static final long STACK = BASE + 0x2000;
    private static final long REGS = STACK + 0x200;
    private static final long RECORD = REGS + 0x130;
    private static final long ENTRY = BASE + 0x1000; // el1h_64_irq
    private static final long EXIT = BASE + 0x1100; // ret_to_kernel
    private static final long LEAF = BASE + 0x1200;
    private static final long CALLER = BASE + 0x1304;
    private static final long OUTER = STACK + 0x800;
    private static final long KERNEL = 5;

    private final StackMemory memory = new StackMemory(BASE, 0x4000);

    private static Member member(String name, long offset) {
        return new Member(name, TypeRef.to(new VoidType()), 8 * offset, 0);
    }

    private static OptionalLong start(long pc) {
        return List.of(LEAF, EXIT, ENTRY).stream()
                .filter(one -> one <= pc)
                .mapToLong(one -> one)
                .findFirst();
    }

    private Backtrace unwind(Map<String, Long> changed) {
        Map<String, Long> values = new HashMap<>(Map.of("pc", ENTRY + 20, "cpsr", KERNEL, "sp", REGS, "x29", RECORD));
        values.putAll(changed);
        return FramePointerUnwinder.arm64(memory, Arm64ExceptionsTest::start, 48, Optional.of(PT_REGS))
                .unwind(RegisterValues.of(values), 20);
    }

    private void interrupted(long pc, long state, long number) {
        memory.putWords(ENTRY, 0xa90007e0, 0xa90e77fc, 0xd5384036, 0xa9135bfd, 0x9104c3fd, 0xd503201f);
        memory.putWords(EXIT, 0xa94e77fc, 0xf9407bfe, 0x910543ff, 0xd69f03e0);
        memory.putWords(LEAF, 0xd503201f, 0xd503201f, 0xd65f03c0);
        memory.put(REGS + 8 * 29, OUTER, CALLER, STACK + 0x500, pc, state);
        memory.put(REGS + 0x118, number);
        memory.put(OUTER, 0, 0);
    }

    @Test
    void showsWhatAnInterruptCutShortAndTheLeafsCaller() {
        interrupted(LEAF + 4, KERNEL, -1);
        memory.put(RECORD, OUTER, LEAF + 4);
        Backtrace trace = unwind(Map.of());
        assertThat(trace.frames()).extracting(StackFrame::pc).containsExactly(ENTRY + 20, LEAF + 4, CALLER);
        StackFrame cut = trace.frames().get(1);
        assertThat(cut.kind()).isEqualTo(FrameKind.INTERRUPT);
        assertThat(cut.isExact()).isTrue();
        assertThat(cut.sp()).isEqualTo(STACK + 0x500);
        assertThat(cut.registers()).containsEntry("x30", CALLER).hasSize(34);
    }

    @Test
    void showsWhatIsCutShortBeforeTheRecordIsMadeAndAfterItIsGone() {
        interrupted(LEAF + 4, KERNEL, -1);
        Map<Long, Long> spAt = Map.of(ENTRY, REGS, ENTRY + 12, REGS, EXIT + 4, REGS, EXIT + 12, REGS + 0x150);
        spAt.forEach((pc, sp) -> {
            Backtrace trace = unwind(
                    Map.of("pc", pc, "sp", sp, "x29", OUTER, "x30", CALLER, "ELR_EL1", LEAF + 4, "SPSR_EL1", KERNEL));
            assertThat(trace.frames()).extracting(StackFrame::pc).containsExactly(pc, LEAF + 4, CALLER);
            assertThat(trace.frames().get(1).registers()).containsEntry("sp", REGS + 0x150);
        });
        Backtrace inVector = unwind(Map.of("pc", BASE + 0x280, "VBAR", BASE, "ELR_EL1", LEAF, "SPSR_EL1", KERNEL));
        assertThat(inVector.frames().get(1).kind()).isEqualTo(FrameKind.INTERRUPT);
        assertThat(inVector.frames().get(1).registers()).doesNotContainKey("sp");
    }

    @Test
    void tellsASystemCallFromAnInterruptOfUserCode() {
        memory.put(RECORD, 0, 0);
        interrupted(0x400123, 0, 56);
        assertThat(unwind(Map.of()).frames().get(1).kind()).isEqualTo(FrameKind.SYSCALL);
        interrupted(0x400123, 0, -1);
        Backtrace trace = unwind(Map.of());
        assertThat(trace.frames().get(1).kind()).isEqualTo(FrameKind.USER);
        assertThat(trace.end()).isEqualTo(Backtrace.End.USER);
        interrupted(0, 0, 0); // a task of the kernel's own
        assertThat(unwind(Map.of()).end()).isEqualTo(Backtrace.End.COMPLETE);
    }

    @Test
    void knowsTheMarkedRecordsOfNewerKernels() {
        interrupted(LEAF, KERNEL, -1);
        memory.put(RECORD, 0, 0, 2);
        assertThat(unwind(Map.of()).frames()).extracting(StackFrame::pc).containsExactly(ENTRY + 20, LEAF, CALLER);
        memory.put(RECORD, 0, 0, 1);
        assertThat(unwind(Map.of()).end()).isEqualTo(Backtrace.End.COMPLETE);
    }
}
