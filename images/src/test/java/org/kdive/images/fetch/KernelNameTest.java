package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.ImageException;

final class KernelNameTest {
    @ParameterizedTest
    @CsvSource({
        "debian, debian/amd64-cloud",
        "debian/arm64, debian/arm64-cloud",
        "debian/armhf, debian/armhf-generic",
        "debian:6.12, debian/amd64:6.12-cloud",
        "debian/arm64:6.12-rt, debian/arm64:6.12-rt",
        "debian-generic, debian/amd64-generic",
        "ubuntu, ubuntu/amd64-cloud",
        "host, host"
    })
    void spellsOutWhatAShortNameMeans(String name, String words) {
        assertThat(KernelName.parse(name).words()).isEqualTo(words);
        assertThat(KernelName.parse(words)).isEqualTo(KernelName.parse(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vmlinuz", "./debian", "/boot/vmlinuz", "debian/", "debian:", "Debian", "", "bzImage-6.1"})
    void leavesFileNamesAlone(String words) {
        assertThat(KernelName.find(words)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"debian/vax, vax", "debian-tiny, tiny"})
    void saysWhichArchitecturesAndFlavoursThereAre(String words, String culprit) {
        assertThatThrownBy(() -> KernelName.find(words))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(culprit)
                .hasMessageContaining("known are");
    }

    @ParameterizedTest
    @CsvSource({
        "debain, debian",
        "debain/arm64, debian",
        "debian/arm46, arm64",
        "debian/amd46:6.1, amd64",
        "debian-clod, cloud",
        "hosts, host",
        "ubunut, ubuntu"
    })
    void saysWhatWasProbablyMeant(String words, String meant) {
        assertThatThrownBy(() -> KernelName.parse(words)).hasMessageEndingWith("; did you mean " + meant + "?");
    }

    @Test
    void namesTheGrammarForWhatIsNoName() {
        assertThatThrownBy(() -> KernelName.parse("gentoo")).hasMessageContaining("debian[/ARCH][:VERSION]");
    }
}
