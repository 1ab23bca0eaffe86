package org.kdive.session.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.qmp.QmpClient;

/** Both ways to a QEMU's memory through its monitor, held against each other: its firmware, before the first instruction. */
@Timeout(60)
final class MonitorMemoryIT {
    private static final int ROM = 0xe0000;
    private static final int ROM_BYTES = 0x20000;

    @TempDir
    private Path directory;

    @Test
    void textAndFileAgreeWhereverARangeBegins() throws Exception {
        Path socket = directory.resolve("qmp");
        Process qemu = new ProcessBuilder(
                        "qemu-system-x86_64",
                        "-S",
                        "-nodefaults",
                        "-display",
                        "none",
                        "-qmp",
                        "unix:" + socket + ",server=on,wait=off")
                .inheritIO()
                .start();
        try {
            Awaitility.await().until(() -> Files.exists(socket));
            try (QmpClient qmp = QmpClient.connect(UnixDomainSocketAddress.of(socket), Duration.ofSeconds(10))) {
                MonitorMemory file = new MonitorMemory(qmp, directory);
                MonitorMemory text = new MonitorMemory(qmp, directory.resolve("of another user"));
                assertThat(file.how()).isEqualTo("memsave");
                assertThat(text.how()).isEqualTo("x");
                Random random = new Random(7);
                for (int i = 0; i < 50; i++) {
                    int length = 1 + random.nextInt(3000);
                    int address = ROM + random.nextInt(ROM_BYTES - length);
                    boolean physical = random.nextBoolean();
                    assertThat(text.read(0, physical, address, length).orElseThrow())
                            .as("%d bytes at 0x%x", length, address)
                            .isEqualTo(file.read(0, physical, address, length).orElseThrow());
                }
                byte[] all = file.read(0, true, ROM, ROM_BYTES).orElseThrow();
                assertThat(new String(all, StandardCharsets.ISO_8859_1)).contains("SeaBIOS");
                assertThat(directory.resolve("memory")).doesNotExist();
            }
        } finally {
            qemu.destroyForcibly();
        }
    }

    @Test
    void whatIsNotMemoryIsNoBytes() {
        assertThat(MonitorMemory.parsed("0000000000000000: Cannot access memory\r\n", 4))
                .isNull();
        assertThat(MonitorMemory.parsed("0000000000000000: 0x0000000000000001\r\n", 2))
                .isNull();
        assertThat(MonitorMemory.parsed("0000000000000000: 0x0807060504030201\r\n", 1))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }
}
