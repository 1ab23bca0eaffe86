package org.kdive.machine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file from elsewhere is believed in nothing. */
final class MachineBundleTest {
    @TempDir
    private Path work;

    private final Map<String, String> machine = new HashMap<>();

    @BeforeEach
    void whatIsRight() {
        machine.putAll(Map.of(
                "format", "1",
                "tag", "here",
                "architecture", "X86_64",
                "memory.mib", "128",
                "cpus", "1",
                "machine", "pc-i440fx-7.2",
                "cpu", "",
                "share.slots", "4",
                "qemu.version", "7.2.0"));
        sized("kernel", "the kernel");
    }

    private void sized(String name, String contents) {
        machine.put(name + ".bytes", Integer.toString(contents.length()));
        machine.put(name + ".sha256", HexFormat.of().formatHex(Digests.sha256().digest(contents.getBytes(UTF_8))));
    }

    private Path written(Map<String, String> files) throws IOException {
        Path file = work.resolve("b.kdive");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (var one : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(one.getKey()));
                zip.write(one.getValue().getBytes(UTF_8));
                zip.closeEntry();
            }
        }
        return file;
    }

    private Path bundle() throws IOException {
        StringBuilder lines = new StringBuilder();
        machine.forEach(
                (name, value) -> lines.append(name).append('=').append(value).append('\n'));
        return written(Map.of(
                "machine.properties", lines.toString(), "debugger.properties", "pc=0\n", "kernel", "the kernel"));
    }

    private MachineSpec opened() throws IOException {
        return MachineBundle.open(bundle()).spec(null, List.of(), List.of(), work.resolve("cache"));
    }

    @Test
    void theMachineIsAsItWasAndTheKernelIsUnpackedByItsContents() throws IOException {
        MachineSpec spec = opened();

        assertThat(spec.machine()).isEqualTo("pc-i440fx-7.2");
        assertThat(spec.memoryBytes()).isEqualTo(128 << 20);
        assertThat(spec.qemu()).isEqualTo("qemu-system-x86_64");
        assertThat(spec.findKernel().orElseThrow()).hasContent("the kernel").startsWith(work.resolve("cache"));
    }

    @Test
    void aProgramToRunIsNotTakenFromIt() throws IOException {
        machine.put("qemu", "/tmp/evil");

        assertThat(opened().qemu()).isEqualTo("qemu-system-x86_64");
    }

    @Test
    void wordsForQemuMustBeGivenAgain() throws IOException {
        machine.put("extra.0", "-monitor");
        machine.put("extra.1", "tcp::4444,server");
        MachineBundle bundle = MachineBundle.open(bundle());

        assertThatThrownBy(() -> bundle.spec(null, List.of(), List.of(), work))
                .hasMessageContaining("if you trust them give them again: -- -monitor tcp::4444,server");
        assertThat(bundle.spec(null, List.of(), List.of("-monitor", "tcp::4444,server"), work)
                        .extra())
                .hasSize(2);
    }

    @Test
    void aDiskMustBeGivenAgainAndBeTheSame() throws IOException {
        machine.put("disk.0", "scratch of 512 bytes");
        MachineBundle bundle = MachineBundle.open(bundle());
        Path other = Files.write(work.resolve("disk"), new byte[1024]);

        assertThatThrownBy(() -> bundle.spec(null, List.of(), List.of(), work)).hasMessageContaining("--disk");
        assertThatThrownBy(() -> bundle.spec(null, List.of(Disk.parse(other.toString())), List.of(), work))
                .hasMessageContaining("disk 1 was scratch of 512 bytes");
    }

    @Test
    void whatIsDamagedOrHostileIsRefusedInOneLine() throws IOException {
        refused("no such file", work.resolve("nothing"));
        refused("no checkpoint bundle", Files.writeString(work.resolve("text"), "text"));
        refused("machine.properties is missing", written(Map.of("other", "")));
        refusedWith("machine", "virt,dumpdtb=x", "a machine that kdive would not make");
        refusedWith("cpu", "max,a=b/c", "a machine that kdive would not make");
        refusedWith("tag", "../x", "a machine that kdive would not make");
        refusedWith("memory.mib", "99999999999", "a machine that kdive would not make");
        refusedWith("memory.mib", "-3", "machine.properties");
        refusedWith("architecture", "VAX", "machine.properties");
        refusedWith("format", "2", "another kdive");
        refusedWith("kernel.sha256", "../../etc", "kernel is missing");
        refusedWith("kernel.sha256", "0".repeat(64), "kernel is damaged");
        refusedWith("kernel.bytes", "9", "longer than it says");
        refusedWith("kernel.bytes", "99", "kernel is damaged");
        refusedWith("kernel.bytes", Long.toString(1L << 41), "there is room for");
        refusedWith("kernel.bytes", "-1", "of no possible size");
    }

    private void refusedWith(String name, String value, String why) throws IOException {
        String before = machine.put(name, value);
        refused(why, bundle());
        machine.put(name, before == null ? "" : before);
    }

    private void refused(String why, Path file) {
        assertThatThrownBy(() -> MachineBundle.open(file)
                        .spec(null, List.of(), List.of(), work.resolve("cache-" + why.length())))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining(why)
                .hasMessageStartingWith("checkpoint " + file)
                .hasMessageNotContaining("\n");
    }
}
