package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.command.ExitStatus;

/** The verbs of {@code kdive image} on a distribution's stock kernel. */
final class ImageVerbsIT {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int kdive(String... words) {
        return Main.run(OutputStream.nullOutputStream(), new PrintWriter(out, true), new PrintWriter(err, true), words);
    }

    private String answer(String... words) {
        assertThat(kdive(words)).as(err.toString()).isEqualTo(ExitStatus.WELL);
        return out.toString();
    }

    @Test
    void aTypeIsPrintedAsGdbDoes() {
        assertThat(answer("image", "types", "debian", "struct", "list_head"))
                .isEqualTo("type = struct list_head {\n"
                        + "    struct list_head *next;\n"
                        + "    struct list_head *prev;\n"
                        + "}\n");
    }

    @Test
    void aTypeIsPrintedWithOffsetsAsGdbDoes() {
        assertThat(answer("image", "types", "debian", "/o", "list_head").lines())
                .startsWith(
                        "/* offset      |    size */  type = struct list_head {",
                        "/*      0      |       8 */    struct list_head *next;",
                        "/*      8      |       8 */    struct list_head *prev;");
    }

    @Test
    void aTypeAsJsonHasItsMembers() throws Exception {
        JsonNode json = new ObjectMapper().readTree(answer("image", "types", "--json", "debian", "task_struct"));
        assertThat(json.get("type").asText()).isEqualTo("struct task_struct");
        assertThat(json.get("members").findValuesAsText("name")).contains("comm", "tasks", "pid");
    }

    @Test
    void aMisspeltTypeIsOneLineWithSuggestions() {
        assertThat(kdive("image", "types", "debian", "task_strukt")).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).contains("no type called task_strukt", "struct task_struct");
    }

    @Test
    void symbolsAreFoundByNameByPatternAndByPrefix() {
        assertThat(answer("image", "symbols", "debian", "start_kernel"))
                .matches("ffffffff8[0-9a-f]{7} T start_kernel\n");
        out.getBuffer().setLength(0);
        assertThat(answer("image", "symbols", "debian", "^(init_task|jiffies)$").lines())
                .hasSize(2)
                .allMatch(line -> line.endsWith(" D init_task") || line.endsWith(" D jiffies"));
        out.getBuffer().setLength(0);
        assertThat(answer("image", "symbols", "debian", "--prefix", "vfs_rea").lines())
                .anyMatch(line -> line.endsWith(" T vfs_read"))
                .allMatch(line -> line.contains(" vfs_rea"));
        assertThat(kdive("image", "symbols", "debian", "(")).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(err.toString()).contains("'(' is no regular expression").hasLineCount(1);
    }

    @Test
    void configComesFromBesideTheKernel() {
        assertThat(answer("image", "config", "debian", "KGDB", "CONFIG_KALLSYMS"))
                .isEqualTo("# CONFIG_KGDB is not set\nCONFIG_KALLSYMS=y\n");
    }

    @Test
    void theDoctorFitsOnAScreen() {
        List<String> lines = answer("image", "doctor", "debian").lines().toList();
        assertThat(lines).hasSizeLessThan(40).anyMatch(line -> line.matches("yes +backtraces +ORC tables"));
        assertThat(kdive("image", "doctor", "debian", "--against", "debian")).isEqualTo(ExitStatus.WELL);
    }

    @Test
    void aUImageOfTheKernelIsInspectedAsOne() throws Exception {
        Path file = directory.resolve("uImage");
        assertThat(kdive("image", "extract", "debian", "-o", file.toString(), "--uimage", "0x1000000"))
                .isEqualTo(ExitStatus.WELL);
        JsonNode json = new ObjectMapper().readTree(answer("image", "inspect", file.toString(), "--json"));
        assertThat(json.get("format").asText()).isEqualTo("uImage");
        assertThat(json.get("symbols").asLong()).isGreaterThan(80_000);
        assertThat(json.get("load_address").asText()).isEqualTo("0x1000000");
        String[] words = {"image", "extract", file.toString(), "-o", file + "2", "--uimage", "0x8000:0x8040"};
        assertThat(kdive(Stream.concat(
                                Stream.of(words),
                                Stream.of("--name", "two files", "--compress", "lz4", "--with", "pom.xml"))
                        .toArray(String[]::new)))
                .isEqualTo(ExitStatus.WELL);
        assertThat(answer("image", "inspect", file + "2"))
                .containsPattern("compression +lz4-frame\n")
                .containsPattern("entry +0x8040\n")
                .containsPattern("image name +two files\n")
                .containsPattern("files +[\\d.]+ MiB \\+ [\\d.]+ KiB\n");
        Files.delete(Path.of(file + "2"));
        assertThat(kdive("image", "extract", "debian", "-o", file + "2", "--name", "one file"))
                .isEqualTo(ExitStatus.UNUSABLE);
        assertThat(kdive("image", "extract", "debian", "-o", file + "2", "--uimage", "here"))
                .isEqualTo(ExitStatus.UNUSABLE);
        assertThat(Path.of(file + "2")).doesNotExist();
    }

    @Test
    void aBuildWithoutASourceTreeIsOneLine() {
        assertThat(kdive("image", "build", directory.toString())).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(err.toString()).contains("no kernel source tree").hasLineCount(1);
        assertThat(kdive("image", "build", directory.toString(), "--fragment", "huge"))
                .isEqualTo(ExitStatus.UNUSABLE);
        assertThat(err.toString()).contains("unknown fragment huge");
    }

    @Test
    void inspectTellsWhatTheKernelCan() throws Exception {
        JsonNode json = new ObjectMapper().readTree(answer("image", "inspect", "debian", "--json"));
        assertThat(json.get("kaslr").asBoolean()).isTrue();
        assertThat(json.get("types_btf").asBoolean()).isTrue();
        assertThat(json.get("longest_command_line").asLong()).isEqualTo(2047);
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect", "symbols", "types", "extract", "config", "doctor"})
    void whatIsNoKernelIsOneLineAndNoFile(String verb) throws Exception {
        Path text = Files.writeString(directory.resolve("notes.txt"), "not a kernel at all, only some words");
        Stream<String> words = Stream.of("image", verb, text.toString());
        Stream<String> output = verb.equals("extract")
                ? Stream.of("-o", directory.resolve("out").toString())
                : Stream.empty();
        assertThat(kdive(Stream.concat(words, output).toArray(String[]::new))).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(err.toString())
                .startsWith("kdive: " + text + ": not a kernel image")
                .hasLineCount(1);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(text);
        }
    }
}
