package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How answers look, and what becomes of them when nobody can take them. */
final class AnswersTest {
    private final StringWriter text = new StringWriter();
    private final PrintWriter writer = new PrintWriter(text, true);

    private static FactSheet facts() {
        return new FactSheet()
                .add("file", "a \"quoted\" \u001b[31mred\u001b[0m name")
                .add("version", Optional.empty())
                .addBytes("file size", 8_827_000)
                .addCount("symbols", 87_347)
                .add("btf", true)
                .addAddress("entry", 0xffffffff81000000L);
    }

    @Test
    void aTableLinesUpAndKeepsTheTerminalSafe() {
        facts().print(writer, false);

        assertThat(text.toString().lines())
                .containsExactly(
                        "file       a \"quoted\" \\x1b[31mred\\x1b[0m name",
                        "file size  8.42 MiB",
                        "symbols    87,347",
                        "btf        yes",
                        "entry      0xffffffff81000000");
    }

    @Test
    void jsonHasNumbersAsNumbersAndAddressesAsText() throws Exception {
        facts().print(writer, true);
        JsonNode json = new ObjectMapper().readTree(text.toString());

        assertThat(json.get("file").asText()).isEqualTo("a \"quoted\" \u001b[31mred\u001b[0m name");
        assertThat(json.get("file_size").isIntegralNumber()).isTrue();
        assertThat(json.get("symbols").asLong()).isEqualTo(87_347);
        assertThat(json.get("btf").isBoolean()).isTrue();
        assertThat(json.get("entry").asText()).isEqualTo("0xffffffff81000000");
        assertThat(json.has("version")).isFalse();
    }

    @Test
    void aTerminalSeesControlCharactersSpelled() {
        VisibleWriter.answer(writer, true).print("a\u001b[2Jb\u009b1m\u007f\tc\r\n");

        assertThat(text).hasToString("a\\x1b[2Jb\\x9b1m\\x7f\tc\\x0d\n");
    }

    @Test
    void aFileGetsTheAnswerAsItIs() {
        VisibleWriter.answer(writer, false).print("a\u001b[2J\u009b1m\r\n");

        assertThat(text).hasToString("a\u001b[2J\u009b1m\r\n");
    }

    @Test
    void jsonSpellsTheControlCharactersOfEightBitsToo() throws Exception {
        new FactSheet().add("name", "a\u009b2J\u001b").print(writer, true);

        assertThat(text.toString().chars()).noneMatch(c -> Character.isISOControl(c) && c != '\n');
        assertThat(new ObjectMapper().readTree(text.toString()).get("name").asText())
                .isEqualTo("a\u009b2J\u001b");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 0.98 KiB",
        "10240, 10.0 KiB",
        "1048575, 1.00 MiB",
        "209715200, 200 MiB",
        "9223372036854775807, 8388608 TiB"
    })
    void sizesHaveABinaryUnit(long bytes, String shown) {
        assertThat(Amounts.bytes(bytes)).isEqualTo(shown);
    }

    @Test
    void aTerminalSeesABarThatBecomesOneLine() {
        var progress = new DownloadProgress(writer, true);
        progress.step("download it");
        progress.downloaded(1 << 20, 4 << 20, 1 << 19);
        progress.downloaded(4 << 20, 4 << 20, 1 << 20);

        assertThat(text.toString())
                .isEqualTo("kdive: download it\n"
                        + "\r\u001b[K[######..................] 1.00 MiB of 4.00 MiB, 512 KiB/s, 6 s left"
                        + "\r\u001b[Kkdive: downloaded 4.00 MiB at 1.00 MiB/s\n");
    }

    @Test
    void aLogFileSeesNoBar() {
        var progress = new DownloadProgress(writer, false);
        progress.downloaded(1 << 20, 4 << 20, 0);
        progress.downloaded(4 << 20, 4 << 20, 1 << 20);

        assertThat(text.toString()).isEqualTo("kdive: downloaded 4.00 MiB at 1.00 MiB/s\n");
    }

    @Test
    void anEmptyDownloadIsNoDivisionByZero() {
        new DownloadProgress(writer, true).downloaded(0, 0, 0);

        assertThat(text.toString()).endsWith("downloaded 0 B at 0 B/s\n");
    }

    @Test
    void aFullDiskIsRememberedAndIsNoBrokenPipe() throws Exception {
        try (AnswerStream answer = new AnswerStream(new FileOutputStream("/dev/full"))) {
            assertThatThrownBy(() -> answer.write(1)).isInstanceOf(IOException.class);
            IOException failure = answer.failure();
            assertThat(failure).hasMessageContaining("No space left");
            assertThat(failure).matches(e -> !AnswerStream.isBrokenPipe(e));
        }
    }

    @Test
    void aReaderWhoHasSeenEnoughIsABrokenPipe() throws Exception {
        Process reader = new ProcessBuilder("sh", "-c", "exec <&-; echo closed; exec sleep 60").start();
        try {
            assertThat(reader.inputReader().readLine()).isEqualTo("closed");
            var answer = new AnswerStream(reader.getOutputStream());
            assertThatThrownBy(() -> {
                        answer.write(new byte[1 << 20]);
                        answer.flush();
                    })
                    .isInstanceOf(IOException.class);
            assertThat(answer.failure()).isNotNull().matches(AnswerStream::isBrokenPipe);
        } finally {
            reader.destroyForcibly();
        }
    }

    @Test
    void passesOnWhatItIsGiven() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (AnswerStream answer = new AnswerStream(bytes)) {
            answer.write('a');
            answer.write(new byte[] {'x', 'b', 'c', 'x'}, 1, 2);
        }

        assertThat(bytes.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("abc");
    }

    @Test
    void aKernelThatIsAFileIsNotFetched() throws Exception {
        Path file = Files.createTempFile("kernel", "");
        try {
            assertThat(new KernelArgument(file.toString()).file(org.kdive.images.fetch.Progress.silent()))
                    .isEqualTo(file);
        } finally {
            Files.delete(file);
        }
    }
}
