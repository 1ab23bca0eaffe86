package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kdive.images.KernelConfig;
import org.kdive.images.bytes.Bytes;

final class ShareSupportTest {
    private static ShareSupport of(String options) {
        return ShareSupport.of(KernelConfig.read(Bytes.of("config", options.getBytes(StandardCharsets.US_ASCII))));
    }

    @Test
    void aKernelWithoutNinePSaysSo() {
        assertThat(of("# CONFIG_9P_FS is not set\nCONFIG_VIRTIO_PCI=y\nCONFIG_HOTPLUG_PCI_PCIE=y\n")
                        .gapWhileRunning())
                .hasValueSatisfying(why -> assertThat(why).contains("no 9p over virtio"));
    }

    @Test
    void aKernelWithoutHotplugTakesSharesOfTheLaunchOnly() {
        ShareSupport support = of("CONFIG_9P_FS=m\nCONFIG_NET_9P_VIRTIO=m\nCONFIG_VIRTIO_PCI=m\n");
        assertThat(support.isModular()).isTrue();
        assertThat(support.gap()).isEmpty();
        assertThat(support.gapWhileRunning())
                .hasValueSatisfying(why -> assertThat(why).contains("--share"));
    }

    @Test
    void aKernelWithBothHasNoGap() {
        assertThat(of("CONFIG_9P_FS=y\nCONFIG_NET_9P_VIRTIO=y\nCONFIG_VIRTIO_PCI=y\nCONFIG_HOTPLUG_PCI_ACPI=y\n")
                        .gapWhileRunning())
                .isEmpty();
    }

    @Test
    void withoutAConfigurationTheSymbolsTell() {
        Set<String> modular = Set.of("load_module", "pciehp_probe");
        Set<String> whole = Set.of("load_module", "pciehp_probe", "v9fs_mount", "p9_virtio_probe");
        assertThat(ShareSupport.of(Set.of("pciehp_probe")::contains).gap()).isPresent();
        assertThat(ShareSupport.of(modular::contains).gapWhileRunning()).isEmpty();
        assertThat(ShareSupport.of(modular::contains).wayToModules())
                .hasValueSatisfying(way -> assertThat(way).contains("9pnet_virtio"));
        assertThat(ShareSupport.of(whole::contains).isModular()).isFalse();
    }
}
