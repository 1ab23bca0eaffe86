package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As QEMU 7.2 wrote it: a Linux whose stack pointer was 0, and then the firmware's own way to reset. */
final class ResetLogTest {
    private static final String START = """
            CPU Reset (CPU 0)
            EAX=00000000 EBX=00000000 ECX=00000000 EDX=00000663
            ESI=00000000 EDI=00000000 EBP=00000000 ESP=00000000
            EIP=0000fff0 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0
            GDT=     00000000 0000ffff
            IDT=     00000000 0000ffff
            CR0=60000010 CR2=00000000 CR3=00000000 CR4=00000000
            """;
    private static final String FAULT = """
            Triple fault
            CPU Reset (CPU 2)
            RAX=0000000000000000 RBX=0000000000000000 RCX=0000000000000000 RDX=0000000000000000
            RSI=ffff888000020800 RDI=0000000000014790 RBP=0000000000000000 RSP=0000000000000010
            RIP=ffffffffdeadbeef RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0
            GDT=     ffffffff83025000 0000007f
            IDT=     ffffffff832b4000 00000fff
            CR0=80050033 CR2=fffffffffffffff8 CR3=00000000030b6000 CR4=000000a0
            """;
    private static final String WANTED = """
            Triple fault
            CPU Reset (CPU 0)
            EAX=00000006 EBX=000f3e32 ECX=00000000 EDX=00000cf9
            ESI=00000000 EDI=00100000 EBP=00000000 ESP=00000fc8
            EIP=000efaad EFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0
            GDT=     000f6180 00000037
            IDT=     000f61be 00000000
            CR0=00000011 CR2=00000000 CR3=00000000 CR4=00000000
            """;
    private static final TripleFault SEEN = new TripleFault(2, 0xffffffffdeadbeefL, 0x10, -8, 0xfff);

    @Test
    void aFaultIsWhatTheProcessorHeldThen() {
        assertThat(ResetLog.first(START + FAULT + START + WANTED)).contains(SEEN);
        assertThat(ResetLog.first(WANTED + START + FAULT)).contains(SEEN);
    }

    @Test
    void aResetThatWasWantedIsNoFault() {
        assertThat(ResetLog.first(START + WANTED)).isEmpty();
        assertThat(ResetLog.first("")).isEmpty();
        assertThat(ResetLog.first("Triple fault\nCPU Reset (CPU 0)\nRIP=")).isEmpty();
    }

    @Test
    void eachFaultIsToldOnce(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("resets");
        ResetLog log = new ResetLog(file);
        assertThat(log.next()).isEmpty(); // no file yet

        Files.writeString(file, START + FAULT);
        assertThat(log.next()).contains(SEEN);
        assertThat(log.next()).isEmpty();

        Files.writeString(file, START + FAULT, StandardOpenOption.APPEND);
        assertThat(log.next()).contains(SEEN);
    }

    @Test
    void aStartOfTheFirstProcessorIsNewsUntilItIsMarkedAndThatOfAnotherIsNone(@TempDir Path directory)
            throws IOException {
        Path file = directory.resolve("resets");
        ResetLog log = new ResetLog(file);
        log.mark();
        assertThat(log.hasRestarted()).isFalse(); // no file yet

        Files.writeString(file, "CPU Reset (CPU 1)\nRIP=\n");
        assertThat(log.hasRestarted()).isFalse();

        Files.writeString(file, "CPU Reset (CPU 0)\nRIP=\n", StandardOpenOption.APPEND);
        assertThat(log.hasRestarted()).isTrue();
        log.mark();
        assertThat(log.hasRestarted()).isFalse();
        assertThat(log.next()).isEmpty();
    }
}
