package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AptViewTest {
    private static final Map<String, String> BOOKWORM = Map.of("ID", "debian", "VERSION_CODENAME", "bookworm");

    @Test
    void takesTheHostsRepositoriesForAnotherArchitectureAndAddsBackports() {
        List<Stanza> targets = Stanza.parseAll("""
                Repo: http://mirror.example/debian/
                Release: bookworm
                Component: main
                Origin: Debian

                Repo: http://mirror.example/debian/
                Release: bookworm
                Component: non-free
                Origin: Debian

                Repo: http://security.example/
                Release: bookworm-security
                Component: main
                Origin: $(ORIGIN)

                Repo: https://packages.example.org/apt
                Release: stable
                Component: main
                Origin: Somebody
                """);

        List<String> lines = AptView.sourceLines(targets, Distribution.DEBIAN, PackageArchitecture.ARM64, BOOKWORM);

        assertThat(lines.stream().map(line -> line.replaceAll(" signed-by=[^\\]]*", "")))
                .containsExactly(
                        "deb [arch=arm64] http://mirror.example/debian/ bookworm main",
                        "deb [arch=arm64] http://mirror.example/debian/ bookworm-backports main",
                        "deb [arch=arm64] http://security.example/ bookworm-security main");
    }

    @Test
    void findsNoUbuntuOnADebianHost() {
        List<Stanza> targets = Stanza.parseAll(
                "Repo: http://mirror.example/debian/\nRelease: bookworm\nComponent: main\nOrigin: Debian\n");

        assertThat(AptView.sourceLines(targets, Distribution.UBUNTU, PackageArchitecture.AMD64, BOOKWORM))
                .isEmpty();
    }

    @Test
    void readsParagraphsAndSkipsContinuationLines() {
        List<Stanza> stanzas = Stanza.parseAll("Package: a\nDescription: x\n more: y\n\n\nPackage: b\n");

        assertThat(stanzas).hasSize(2);
        assertThat(stanzas.get(0).fields()).containsOnlyKeys("Package", "Description");
        assertThat(stanzas.get(1).field("Package")).isEqualTo("b");
        assertThat(stanzas.get(1).field("Depends")).isEmpty();
    }

    @Test
    void readsOsReleaseWithAndWithoutQuotes() {
        assertThat(Stanza.assignments("# os\nID=debian\nNAME=\"Debian GNU/Linux\"\n"))
                .containsEntry("ID", "debian")
                .containsEntry("NAME", "Debian GNU/Linux");
    }

    @Test
    void readsWhereAPackageIs() {
        Download download = Download.parse(
                "busybox-static",
                "'http://mirror.example/debian/pool/main/b/busybox/busybox-static_1.35.0_arm64.deb'"
                        + " busybox-static_1%3a1.35.0_arm64.deb 822236 SHA256:732c9135\n");

        assertThat(download.uri()).endsWith("busybox-static_1.35.0_arm64.deb");
        assertThat(download.sizeBytes()).isEqualTo(822236);
        assertThat(download.hash()).isEqualTo("SHA256:732c9135");
        assertThatThrownBy(() -> Download.parse("x", "'http://h/x.deb' ../x.deb 1 SHA256:00"))
                .hasMessageContaining("apt does not say where it is");
    }
}
