package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostMappingTest {
    private static final List<String> MAPS = List.of(
            "7f0000000000-7f0010000000 rw-s 00100000 00:01 2057                       /memfd:memory-backend-memfd (deleted)",
            "7f0020000000-7f0030000000 rw-p 00000000 00:00 0 ",
            "7f0040000000-7f0050000000 rw-p 00000000 fe:00 99 /srv/ram",
            "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]");

    @Test
    void onlySharedMappingsOfAFileAreReadThere() {
        List<HostMapping> all = HostMapping.parse(MAPS);
        assertThat(all).extracting(HostMapping::isSharedFile).containsExactly(true, false, false, false);
        HostMapping ram = HostMapping.find(all, new HostRange(0, 0x1000000, 0x7f0000001000L))
                .orElseThrow();
        assertThat(ram.offsetOf(0x7f0000001000L)).isEqualTo(0x101000);
        assertThat(HostMapping.find(all, new HostRange(0, 0x10000000, 0x7f0000001000L)))
                .as("it ends behind the mapping")
                .isEmpty();
    }

    @Test
    void aFileIsKnownByItsNumbers(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("ram"));
        long device = (Long) Files.getAttribute(file, "unix:dev");
        long inode = (Long) Files.getAttribute(file, "unix:ino");
        HostMapping behind = new HostMapping(0, 4096, true, 0, device, inode);
        assertThat(behind.isBehind(file)).isTrue();
        assertThat(behind.isBehind(directory)).isFalse();
        assertThat(behind.isBehind(directory.resolve("absent"))).isFalse();
        long major = device >>> 8 & 0xfff;
        long minor = device & 0xff | device >>> 12 & 0xfff00;
        String line = "1000-2000 rw-s 00000000 %02x:%02x %d /x".formatted(major, minor, inode);
        assertThat(HostMapping.parse(List.of(line)).get(0).isBehind(file)).isTrue();
    }

    @Test
    void aListeningSocketIsKnownByItsPath() {
        List<String> table = List.of(
                "Num       RefCount Protocol Flags    Type St Inode Path",
                "0000000000000000: 00000002 00000000 00010000 0001 01 41 /run/qmp",
                "0000000000000000: 00000003 00000000 00000000 0001 03 42 /run/qmp",
                "0000000000000000: 00000002 00000000 00010000 0001 01 43 qmp",
                "0000000000000000: 00000002 00000000 00010000 0001 01 44");
        assertThat(SocketOwner.numbers(table, Path.of("/run/qmp"))).containsExactly("41", "43");
        assertThat(SocketOwner.numbers(table, Path.of("/run/other"))).isEmpty();
    }
}
