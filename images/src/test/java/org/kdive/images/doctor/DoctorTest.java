package org.kdive.images.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;
import org.kdive.images.KernelConfig;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.KernelBuilder;

final class DoctorTest {
    @TempDir
    private Path directory;

    private static Finding finding(List<Finding> findings, String subject) {
        return findings.stream()
                .filter(f -> f.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    private KernelImage kernel(String config) throws Exception {
        Path file = directory.resolve("vmlinuz-6.1.99-test");
        Files.write(file, KernelBuilder.bzImage(Compression.GZIP, KernelBuilder.vmlinux()));
        if (!config.isEmpty()) {
            Files.writeString(directory.resolve("config-6.1.99-test"), config);
        }
        return KernelImage.open(file);
    }

    @Test
    void everyNoNamesWhatMendsIt() throws Exception {
        List<Finding> findings = Doctor.examine(kernel("CONFIG_KALLSYMS=y\n# CONFIG_KGDB is not set\n"));
        assertThat(findings)
                .filteredOn(f -> f.verdict() == Verdict.NO)
                .isNotEmpty()
                .allSatisfy(f -> assertThat(f.remedy()).isNotEmpty());
        assertThat(finding(findings, "KGDB").remedy()).contains("CONFIG_KGDB=y");
        assertThat(finding(findings, "vmcoreinfo (fw_cfg)").remedy())
                .startsWith("CONFIG_FW_CFG_SYSFS=y CONFIG_PROC_KCORE=y, or ");
        assertThat(finding(findings, "types (BTF)").remedy()).contains("CONFIG_DEBUG_INFO_BTF=y", "--symbols");
        assertThat(finding(findings, "symbols of data").remedy()).contains("CONFIG_KALLSYMS_ALL=y");
    }

    @Test
    void tellsBuiltInFromModuleFromOff() throws Exception {
        List<Finding> findings = Doctor.examine(kernel("""
                CONFIG_SERIAL_8250_CONSOLE=y
                CONFIG_VIRTIO_BLK=y
                CONFIG_VIRTIO_PCI=m
                CONFIG_NET_9P=m
                CONFIG_9P_FS=m
                CONFIG_FW_CFG_SYSFS=y
                CONFIG_CRASH_CORE=y
                """));
        assertThat(finding(findings, "serial console").verdict()).isEqualTo(Verdict.YES);
        assertThat(finding(findings, "disks (virtio)").verdict()).isEqualTo(Verdict.MODULE);
        assertThat(finding(findings, "disks (virtio)").detail()).isEqualTo("CONFIG_VIRTIO_PCI is a module");
        assertThat(finding(findings, "shared directory (9p)").detail()).isEqualTo("CONFIG_NET_9P_VIRTIO is off");
        assertThat(finding(findings, "vmcoreinfo (fw_cfg)").verdict()).isEqualTo(Verdict.YES);
    }

    @Test
    void withoutAConfigurationTheSymbolsAreAsked() throws Exception {
        List<Finding> findings = Doctor.examine(kernel(""));
        assertThat(finding(findings, "configuration").verdict()).isEqualTo(Verdict.NO);
        assertThat(finding(findings, "KGDB").verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void comparesBuilds() throws Exception {
        KernelImage kernel = kernel("");
        assertThat(Doctor.compare(kernel, KernelImage.of("vmlinux", KernelBuilder.vmlinux()))
                        .verdict())
                .isEqualTo(Verdict.YES);
        byte[] other = KernelBuilder.vmlinux();
        int id = Bytes.of("vmlinux", other)
                .find(java.util.HexFormat.of().parseHex(KernelBuilder.BUILD_ID), 0)
                .orElseThrow();
        other[id] ^= 1;
        assertThat(Doctor.compare(kernel, KernelImage.of("vmlinux", other)).verdict())
                .isEqualTo(Verdict.NO);
    }

    @Test
    void anArmKernelHasAnotherConsole() {
        KernelConfig config = KernelConfig.read(
                Bytes.of("config", "CONFIG_SERIAL_AMBA_PL011_CONSOLE=y\n".getBytes(StandardCharsets.UTF_8)));
        Finding console = Feature.of(Architecture.ARM64).get(0).examine(Optional.of(config), Optional.empty());
        assertThat(console.verdict()).isEqualTo(Verdict.YES);
    }

    @Test
    void aKernelWithoutKaslrNeedsNothing() {
        byte[] kernel = KernelBuilder.armZImage(Compression.GZIP, KernelBuilder.armKernel());
        Finding kaslr = finding(Doctor.examine(KernelImage.of("zImage", kernel)), "KASLR");
        assertThat(kaslr.verdict()).isEqualTo(Verdict.NO);
        assertThat(kaslr.remedy()).startsWith("nothing is needed");
    }

    @Test
    void anS390KernelHasItsOwnConsoleAndBus() {
        KernelConfig config = config("CONFIG_SCLP_CONSOLE=y\nCONFIG_S390_GUEST=y\nCONFIG_VIRTIO_BLK=y\n");
        List<Finding> findings = Feature.of(Architecture.S390X).stream()
                .map(feature -> feature.examine(Optional.of(config), Optional.empty()))
                .toList();
        assertThat(finding(findings, "serial console").verdict()).isEqualTo(Verdict.YES);
        assertThat(finding(findings, "disks (virtio)").verdict()).isEqualTo(Verdict.YES);
        assertThat(findings).extracting(Finding::subject).doesNotContain("vmcoreinfo (fw_cfg)");
        Finding without =
                Feature.of(Architecture.S390X).get(0).examine(Optional.of(config("CONFIG_SMP=y")), Optional.empty());
        assertThat(without.remedy()).isEqualTo("CONFIG_SCLP_CONSOLE=y or CONFIG_SCLP_VT220_CONSOLE=y");
    }

    private static KernelConfig config(String text) {
        return KernelConfig.read(Bytes.of("config", text.getBytes(StandardCharsets.UTF_8)));
    }
}
