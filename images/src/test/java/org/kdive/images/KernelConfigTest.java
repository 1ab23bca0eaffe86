package org.kdive.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfBuilder;
import org.kdive.images.elf.Section;

final class KernelConfigTest {
    private static final String TEXT = """
            # Linux/x86 6.1.0 Kernel Configuration
            CONFIG_KALLSYMS=y
            CONFIG_9P_FS=m
            # CONFIG_KGDB is not set
            CONFIG_LOCALVERSION="-test"
            """;

    @TempDir
    private Path directory;

    private static byte[] kernelWith(String config) throws IOException {
        ByteArrayOutputStream inside = new ByteArrayOutputStream();
        inside.writeBytes("some data IKCFG_ST".getBytes(StandardCharsets.ISO_8859_1));
        GZIPOutputStream gzip = new GZIPOutputStream(inside);
        gzip.write(config.getBytes(StandardCharsets.ISO_8859_1));
        gzip.finish();
        inside.writeBytes("IKCFG_ED more data".getBytes(StandardCharsets.ISO_8859_1));
        return ElfBuilder.x86()
                .section(".rodata", 0, 0xffffffff81000000L, inside.toByteArray())
                .section(".text", Section.SHF_EXECINSTR, 0xffffffff82000000L, new byte[64])
                .build();
    }

    @Test
    void readsWhatTheKernelCarries() throws IOException {
        KernelConfig config =
                KernelConfig.of(KernelImage.of("vmlinux", kernelWith(TEXT))).orElseThrow();
        assertThat(config.text()).isEqualTo(TEXT);
        assertThat(config.isBuiltIn("KALLSYMS")).isTrue();
        assertThat(config.isModule("CONFIG_9P_FS")).isTrue();
        assertThat(config.value("KGDB")).hasValue("n");
        assertThat(config.value("LOCALVERSION")).hasValue("\"-test\"");
        assertThat(config.value("KGDB_KDB")).isEmpty();
        assertThat(config.similar("KGD", 3)).containsExactly("CONFIG_KGDB");
    }

    @Test
    void oneOptionIsFoundAsAllAre() {
        String text =
                "CONFIG_A=y\nCONFIG_AB=m\r\n# CONFIG_B is not set\nCONFIG_C=\"=y\"\n  CONFIG_D=y\n# CONFIG_E is not set, yet\n"
                        + "CONFIG_F=y\n# CONFIG_F is not set\n# CONFIG_G is not set\nCONFIG_G=0x10\nXCONFIG_H=y\nCONFIG_I=\nCONFIG_J=y";
        KernelConfig config = KernelConfig.read(Bytes.of("config", text.getBytes(StandardCharsets.UTF_8)));
        assertThat(config.options())
                .isEqualTo(Map.of(
                        "CONFIG_A",
                        "y",
                        "CONFIG_AB",
                        "m",
                        "CONFIG_B",
                        "n",
                        "CONFIG_C",
                        "\"=y\"",
                        "CONFIG_F",
                        "n",
                        "CONFIG_G",
                        "0x10",
                        "CONFIG_I",
                        "",
                        "CONFIG_J",
                        "y"));
        for (String name : List.of("A", "AB", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "C=", "")) {
            assertThat(config.value(name))
                    .as(name)
                    .isEqualTo(Optional.ofNullable(config.options().get("CONFIG_" + name)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vmlinuz-6.1.0-9-amd64, config-6.1.0-9-amd64",
        "bzImage-6.1-kgdb, config-6.1-kgdb",
        "Image.gz-6.1-riscv64, config-6.1-riscv64",
        "tree/vmlinux, tree/.config",
        "tree/arch/x86/boot/bzImage, tree/.config",
        "tree/arch/arm64/boot/Image.gz, tree/.config"
    })
    void findsTheFileBesideTheKernel(String kernel, String config) throws IOException {
        Path file = directory.resolve(config);
        Files.createDirectories(file.resolveSibling("arch/x86/boot"));
        Files.createDirectories(file.resolveSibling("arch/arm64/boot"));
        Files.writeString(file, TEXT);
        assertThat(KernelConfig.fileBeside(directory.resolve(kernel).toString()))
                .hasValue(file);
    }

    @Test
    void aKernelWithoutEitherHasNone() {
        byte[] bare = ElfBuilder.x86()
                .section(".text", Section.SHF_EXECINSTR, 0xffffffff82000000L, new byte[64])
                .build();
        assertThat(KernelConfig.of(KernelImage.of("no such file", bare))).isEmpty();
    }

    @Test
    void aFileWithoutOptionsIsRefused() {
        assertThatThrownBy(() -> KernelConfig.read(Bytes.of("notes", "hello".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("notes");
    }

    @Test
    void damageIsReported() throws IOException {
        byte[] whole = kernelWith(TEXT);
        Random random = new Random(0x636f6e66);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = whole.clone();
            damaged[0x40 + random.nextInt(damaged.length - 0x40)] ^= (byte) (1 << random.nextInt(8));
            try {
                KernelConfig.inside(KernelImage.of("kernel", damaged));
            } catch (ImageException expected) {
                assertThat(expected).hasMessageContaining("kernel");
            }
        }
    }
}
