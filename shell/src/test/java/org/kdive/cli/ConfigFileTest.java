package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.session.SessionException;

final class ConfigFileTest {
    @TempDir
    private Path directory;

    private ConfigFile config = ConfigFile.of(Map.of(), "/");

    @BeforeEach
    void findTheFile() {
        config = ConfigFile.of(Map.of("XDG_CONFIG_HOME", directory.toString()), "/nowhere");
    }

    @Test
    void hasNoOptionsWithoutAFile() {
        assertThat(config.read()).isEmpty();
    }

    @Test
    void keepsWhatIsWritten() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("timeout", "30s");
        options.put("context", "args code");
        options.put("print pretty", "off");
        options.put("print elements", "unlimited");
        config.write(options);
        assertThat(config.read()).isEqualTo(options);
        assertThat(directory.resolve("kdive")).isDirectoryContaining("glob:**/config.toml");
        assertThat(directory.resolve("kdive").toFile().list()).hasSize(1);
    }

    @Test
    void readsWhatAPersonWrites() throws Exception {
        write("# mine\ntimeout = \"5s\"\n[print]\npretty = false\nelements = 64\n");
        assertThat(config.read())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("timeout", "5s", "print pretty", "off", "print elements", "64"));
    }

    @Test
    void tellsTheLineThatIsWrong() throws Exception {
        write("timeout = \"5s\"\nprint = = 3\n");
        assertThatThrownBy(config::read).isInstanceOf(SessionException.class).hasMessageContaining("config.toml:2: ");
    }

    private void write(String text) throws Exception {
        Path file = directory.resolve("kdive/config.toml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
