package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.machine.ForeignMemory;
import org.kdive.machine.GuestMemory;
import org.kdive.machine.MachineException;
import org.kdive.qmp.QmpClient;

/** The RAM of a QEMU that somebody else started, read where it lies. */
@Timeout(300)
final class ForeignMemoryIT {
    private static final String LOOKS =
            "info kaslr\nx/40i vfs_open\nx/64gx sys_call_table\nx/s linux_banner\nx/64bx linux_proc_banner\nx/4gx 0\n";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "memory-backend-memfd,share=on, the file behind the RAM",
        "memory-backend-ram,share=off, the memory of process"
    })
    void isReadAsTheStubWouldAndSaysSo(String backend, String share, String way) throws Exception {
        try (ForeignQemu qemu = ForeignQemu.boot(
                directory,
                "debian",
                "ttyS0",
                "qemu-system-x86_64",
                "-M",
                "pc,memory-backend=mem",
                "-object",
                "%s,id=mem,size=512M,%s".formatted(backend, share))) {
            String mapped = run(qemu, "unix:" + directory.resolve("qmp"));
            String asked = run(qemu, null);
            assertThat(mapped).contains(way).contains("Linux version");
            assertThat(looks(mapped)).isEqualTo(looks(asked));
            readsARunningGuest();
        }
    }

    private String run(ForeignQemu qemu, @Nullable String qmp) throws Exception {
        String[] words = qmp == null
                ? new String[] {"attach", "--gdb", qemu.endpoint("gdb")}
                : new String[] {"attach", "--gdb", qemu.endpoint("gdb"), "--qmp", qmp};
        try (KdiveProcess kdive = KdiveProcess.start(directory, words)) {
            kdive.type("echo @looks\\n\n" + LOOKS + "echo @end\\n\n" + (qmp == null ? "" : "info machine\n")
                    + "detach\nquit\n");
            assertThat(kdive.end()).as(kdive.out() + kdive.err()).isNotNegative();
            return kdive.out();
        }
    }

    /** Of what the kernel never writes to: the stops are two. */
    private static String looks(String out) {
        Matcher looks = Pattern.compile("(?s)@looks\n(.*)@end").matcher(out);
        assertThat(looks.find()).as(out).isTrue();
        return looks.group(1);
    }

    private void readsARunningGuest() {
        Path socket = directory.resolve("qmp2");
        try (QmpClient qmp = QmpClient.connect(UnixDomainSocketAddress.of(socket), Duration.ofSeconds(10));
                GuestMemory memory = ForeignMemory.open(qmp, socket)) {
            assertThat(qmp.call("query-status", Map.of()).flag("running")).isTrue();
            // SMBIOS and ACPI lie below 1 MiB, and nobody writes to them
            String low = new String(memory.read(0xe0000, 0x20000), StandardCharsets.ISO_8859_1);
            assertThat(low).contains("SeaBIOS");
            assertThatThrownBy(() -> ForeignMemory.open(qmp, directory.resolve("nobody")))
                    .isInstanceOf(MachineException.class)
                    .hasMessageContaining("no QEMU of this user on this host listens at");
        }
    }
}
