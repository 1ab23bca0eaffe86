package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every verb of {@code image} makes of files that are not what they should be: one line, status 2, nothing left. */
@Timeout(60)
final class HostileFilesTest {
    private static final long FOUR_GIB_LESS_ONE = 0xffff_ffffL;

    @TempDir
    private Path directory;

    private Path file;
    private Path target;

    private interface Contents {
        void to(OutputStream out) throws IOException;
    }

    @BeforeEach
    void names() {
        file = directory.resolve("file");
        target = directory.resolve("target");
    }

    private static byte[] bytes(Contents contents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        contents.to(out);
        return out.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        return bytes(out -> {
            try (OutputStream packed = new GZIPOutputStream(out)) {
                packed.write(plain);
            }
        });
    }

    /** Documentation/driver-api/early-userspace/buffer-format.rst: newc, every name and every size as told. */
    private static byte[] cpio(String name, int mode, long size, String data) throws IOException {
        return bytes(out -> {
            byte[] text = latin1(name + "\0");
            out.write(latin1("070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
                    .formatted(1, mode, 0, 0, 1, 0, size, 0, 0, 8, 1, text.length, 0)));
            out.write(text);
            out.write(new byte[(4 - (110 + text.length) % 4) % 4]);
            out.write(latin1(data));
            out.write(new byte[(4 - data.length() % 4) % 4]);
        });
    }

    private static byte[] archive(byte[]... members) throws IOException {
        return bytes(out -> {
            for (byte[] member : members) {
                out.write(member);
            }
            out.write(cpio("TRAILER!!!", 0, 0, ""));
        });
    }

    private static byte[] file(String name) throws IOException {
        return cpio(name, 0100644, 1, "x");
    }

    private static Map<String, byte[]> notKernels() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("empty", new byte[0]);
        files.put("text", latin1("this is no kernel\n"));
        files.put("zeros", new byte[70_000]);
        files.put("escape sequences", latin1("\u001b]0;gotcha\u0007\u001b[2J\n"));
        files.put("a bomb", gzip(new byte[24 << 20]));
        byte[] packed = gzip(latin1("Linux version 6.1 ".repeat(9000)));
        files.put("packed and cut", Arrays.copyOf(packed, packed.length / 2));
        // ELF gABI: sections at the end of the address space, 65,535 of them, of 64 bytes
        ByteBuffer elf = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0x464c457f).put(new byte[] {2, 1, 1}).position(16);
        elf.putShort((short) 2).putShort((short) 62).position(40);
        elf.putLong(Long.MAX_VALUE).position(58);
        elf.putShort((short) 64).putShort((short) -1).putShort((short) 1);
        files.put("ELF that lies", elf.array());
        // Documentation/arch/x86/boot.rst: setup_sects, boot_flag, header, version, payload_offset and payload_length
        ByteBuffer bzImage = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        bzImage.put(0x1f1, (byte) 1).putShort(0x1fe, (short) 0xaa55).putInt(0x202, 0x53726448);
        bzImage.putShort(0x206, (short) 0x20f).putInt(0x248, -16).putInt(0x24c, -1);
        files.put("bzImage that lies", bzImage.array());
        // include/image.h of U-Boot: magic, header CRC, time, size, ...
        files.put(
                "uImage that lies",
                ByteBuffer.allocate(128)
                        .putInt(0x27051956)
                        .putInt(8, 0)
                        .putInt(12, -1)
                        .array());
        return files;
    }

    private static Map<String, byte[]> notArchives() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("empty", new byte[0]);
        files.put("text", latin1("this is no archive\n"));
        files.put("a name with ..", archive(file("../evil")));
        files.put("an absolute name", archive(file("/tmp/kdive-evil")));
        files.put("through a link", archive(cpio("l", 0120777, 4, "/tmp"), file("l/kdive-evil")));
        files.put("a link out", archive(cpio("l", 0120777, 10, "../../evil")));
        files.put("the same twice", archive(file("a"), file("./a")));
        files.put("4 GiB that are not there", archive(cpio("a", 0100644, FOUR_GIB_LESS_ONE, "x")));
        files.put("a bad name across lines", archive(file("../a\nb\u001b[2J")));
        files.put("no trailer", file("a"));
        files.put("packed and cut", Arrays.copyOf(gzip(archive(file("a"))), 40));
        return files;
    }

    static Stream<Arguments> kernelVerbs() throws IOException {
        List<String> verbs = List.of(
                "inspect FILE",
                "inspect FILE --json",
                "doctor FILE",
                "config FILE",
                "symbols FILE",
                "types FILE task_struct",
                "extract FILE -o OUT",
                "extract FILE -o OUT --elf");
        return cases(verbs, notKernels());
    }

    static Stream<Arguments> archiveVerbs() throws IOException {
        Map<String, byte[]> unreadable = notArchives();
        // Looking into such an archive harms nobody.
        List.of("through a link", "a link out", "the same twice").forEach(unreadable::remove);
        return Stream.concat(
                cases(List.of("unpack FILE OUT"), notArchives()), cases(List.of("edit FILE get a OUT"), unreadable));
    }

    private static Stream<Arguments> cases(List<String> verbs, Map<String, byte[]> files) {
        return verbs.stream()
                .flatMap(verb ->
                        files.entrySet().stream().map(each -> Arguments.of(verb, each.getKey(), each.getValue())));
    }

    @Test
    void aConfigurationCannotSpeakToTheTerminal() throws IOException {
        Files.writeString(directory.resolve("config-1"), "CONFIG_A=\"\u001b[2J\"\n");
        ByteBuffer elf = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0x464c457f).put(new byte[] {2, 1, 1}).position(16);
        elf.putShort((short) 2).putShort((short) 62);
        Path kernel = Files.write(directory.resolve("vmlinux-1"), elf.array());

        assertThat(atTerminal("image", "config", kernel).out()).isEqualTo("CONFIG_A=\"\\x1b[2J\"\n");
        assertThat(CommandLineRun.of("image", "config", kernel).out()).isEqualTo("CONFIG_A=\"\u001b[2J\"\n");
    }

    private static CommandLineRun atTerminal(Object... words) {
        String before = System.getProperty("kdive.terminals", "");
        System.setProperty("kdive.terminals", "1");
        try {
            return CommandLineRun.of(words);
        } finally {
            System.setProperty("kdive.terminals", before);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource({"kernelVerbs", "archiveVerbs"})
    void oneLineAndNothingLeft(String verb, String what, byte[] contents) throws IOException {
        Files.write(file, contents);

        CommandLineRun run = image(verb);

        assertOneLine(run);
        assertThat(names(directory)).containsExactly("file");
        assertThat(Path.of("/tmp/kdive-evil")).doesNotExist();
    }

    @Test
    void aDamagedListAndADamagedDiskAreNamed() throws IOException {
        Files.writeString(file, "nod /dev/c\u001b[2J 644 0 0 c 5 notanumber\n");
        assertOneLine(image("pack FILE -o OUT"));
        // docs/interop/qcow2.txt in QEMU's source: a disk of more than all bytes there are
        Files.write(
                file,
                ByteBuffer.allocate(512)
                        .putInt(0x514649fb)
                        .putInt(3)
                        .putLong(24, -1)
                        .array());
        assertOneLine(image("disk --backing FILE -o OUT"));
        assertThat(names(directory)).containsExactly("file");
    }

    @Test
    void namesThatAreLinesAndCommandsForTheTerminalAreShownHarmless() throws IOException {
        Files.write(file, archive(file("two\nlines"), file("\u001b[2Jclear")));

        CommandLineRun run = image("edit FILE ls");

        assertThat(run.status()).isZero();
        assertThat(run.out()).hasLineCount(2).doesNotContain("\u001b");
        assertThat(image("unpack FILE OUT").status()).isZero();
        assertThat(names(target)).containsExactly("\u001b[2Jclear", "two\nlines");
    }

    private CommandLineRun image(String words) {
        return CommandLineRun.of(Stream.of(("image " + words).split(" ", -1))
                .map(word -> word.equals("FILE") ? file : word.equals("OUT") ? target : word)
                .toArray());
    }

    private static void assertOneLine(CommandLineRun run) {
        assertThat(run.status()).as(run.err()).isEqualTo(2);
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith("kdive: ")
                .doesNotContain("\u001b")
                .doesNotContain("Exception");
        assertThat(run.out()).isEmpty();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
