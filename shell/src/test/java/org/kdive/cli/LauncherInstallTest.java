package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.cli.FakeCheckout.Outcome;

/** What the launcher does about a machine that lacks something. */
@Timeout(60)
final class LauncherInstallTest {
    @TempDir
    private Path root;

    private FakeCheckout checkout;

    @BeforeEach
    void makeTheCheckout() {
        checkout = new FakeCheckout(root);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    apt-get | apt-get install -y --no-install-recommends maven qemu-system-x86 qemu-utils busybox-static
                    dnf     | dnf install -y maven qemu-system-x86-core qemu-img busybox
                    pacman  | pacman -S --needed --noconfirm maven qemu-system-x86 qemu-img busybox
                    zypper  | zypper --non-interactive install maven qemu-x86 qemu-tools busybox-static
                    """)
    void saysInOneLineHowToInstallWhatIsMissing(String manager, String command) throws Exception {
        checkout.remove("mvn");
        asUser(1000);
        checkout.tool(manager, "echo run >>'" + checkout.log() + "'");
        Outcome outcome = checkout.kdive("demo");

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .isEqualTo("kdive: missing: maven qemu qemu-img busybox; install with: sudo " + command + "\n");
        assertThat(checkout.notes()).isEmpty();
    }

    @Test
    void namesWhatIsMissingWhereThePackageManagerIsUnknown() throws Exception {
        checkout.remove("mvn");

        assertThat(checkout.kdive("--version").err()).startsWith("kdive: missing: maven (install");
    }

    @Test
    void installsAsRootAndFetchesTheListsIfTheyAreMissing() throws Exception {
        checkout.remove("mvn");
        asUser(0);
        String mvn = "printf '#!/bin/sh\\n" + FakeCheckout.buildSucceeds() + "\\n' >'" + root.resolve("bin/mvn")
                + "'; /bin/chmod +x '" + root.resolve("bin/mvn") + "'";
        checkout.tool(
                "apt-get",
                "echo \"$*\" >>'" + checkout.log() + "'",
                "if [ \"$1\" = update ]; then touch '" + root + "/lists'; exit 0; fi",
                "[ -e '" + root + "/lists' ] || { echo 'E: Unable to locate package maven'; exit 100; }",
                mvn);
        Outcome outcome = checkout.kdive("--version");

        assertThat(outcome.err()).startsWith("kdive: installing maven ... ").contains(" s\nkdive: building ");
        assertThat(outcome.status()).isZero();
        assertThat(checkout.notes())
                .containsExactly(
                        "-o DPkg::Lock::Timeout=120 install -y --no-install-recommends maven",
                        "update",
                        "-o DPkg::Lock::Timeout=120 install -y --no-install-recommends maven");
    }

    @Test
    void showsWhyTheInstallationFailed() throws Exception {
        checkout.remove("mvn");
        asUser(0);
        checkout.tool("apt-get", "echo 'E: no network'", "exit 100");
        Outcome outcome = checkout.kdive("--version");

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("failed\nE: no network\n");
    }

    @Test
    void needsQemuOnlyForTheVerbsThatStartIt() throws Exception {
        assertThat(checkout.kdive("image", "inspect", "x").status()).isZero();
        assertThat(checkout.kdive("boot", "--help").status()).isZero();
        assertThat(checkout.kdive("boot", "--qemu=/opt/qemu", "x").status()).isZero();
        assertThat(checkout.kdive("boot", "x").err()).startsWith("kdive: missing: qemu qemu-img busybox");
    }

    @Test
    void refusesAJavaThatIsTooOld() throws Exception {
        checkout.jdk("jdk", "11.0.20");
        Outcome outcome = checkout.kdive("--version");

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).endsWith("not a Java of 17 or later\n");
    }

    private void asUser(int id) {
        checkout.tool("id", "echo " + id);
    }
}
