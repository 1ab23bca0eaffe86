package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.cli.FakeCheckout.Outcome;

/** That {@code check} counts what ran, and takes nothing for passed that did not. */
@Timeout(60)
final class CheckScriptTest {
    private static final String UNIT = "qmp/target/surefire-reports/TEST-a.OneTest.xml";
    private static final String INTEGRATION = "shell/target/failsafe-reports/TEST-a.TwoIT.xml";

    @TempDir
    private Path root;

    private FakeCheckout checkout;

    @BeforeEach
    void makeTheCheckout() {
        checkout = new FakeCheckout(root);
        checkout.tool("dpkg-query", "echo installed");
        checkout.tool("javac", "exit 1");
        FakeCheckout.write(checkout.home.resolve("qmp/src/test/java/a/OneTest.java"), "");
        FakeCheckout.write(checkout.home.resolve("shell/src/test/java/a/TwoIT.java"), "");
    }

    private Outcome check(String... words) throws Exception {
        return FakeCheckout.finish(checkout.start(checkout.home.resolve("check"), root, words));
    }

    private static String report(String file, int tests, int errors, int failures, int skipped) {
        String text = "<testsuite name=\"x\" tests=\"%d\" errors=\"%d\" skipped=\"%d\" failures=\"%d\">"
                .formatted(tests, errors, skipped, failures);
        return "mkdir -p %s && echo '%s' >%s".formatted(file.replaceFirst("/[^/]*$", ""), text, file);
    }

    private void mavenExits(int status, String... reports) {
        checkout.tool("mvn", "echo \"$*\" >>'" + checkout.log() + "'", String.join("\n", reports), "exit " + status);
    }

    @Test
    void theLastLineAddsUpAllReports() throws Exception {
        mavenExits(0, report(UNIT, 5, 0, 0, 1), report(INTEGRATION, 3, 0, 0, 0));
        Outcome outcome = check();

        assertThat(outcome.out()).endsWith("\n7 passed, 0 failed, 1 skipped\n");
        assertThat(outcome.status()).isZero();
    }

    @Test
    void errorsAndFailuresFail() throws Exception {
        mavenExits(0, report(UNIT, 5, 1, 1, 0), report(INTEGRATION, 3, 0, 0, 0));
        Outcome outcome = check();

        assertThat(outcome.out()).endsWith("\n6 passed, 2 failed, 0 skipped\n");
        assertThat(outcome.status()).isNotZero();
    }

    @Test
    void aClassThatNeverReportedFails() throws Exception {
        mavenExits(0, report(UNIT, 5, 0, 0, 0));
        Outcome outcome = check();

        assertThat(outcome.out()).contains("no report from: a.TwoIT").endsWith("\n5 passed, 1 failed, 0 skipped\n");
        assertThat(outcome.status()).isNotZero();
    }

    @Test
    void quickLeavesTheIntegrationTestsOut() throws Exception {
        mavenExits(0, report(UNIT, 5, 0, 0, 0));

        assertThat(check("--quick").status()).isZero();
        assertThat(checkout.notes()).singleElement().asString().contains("-DskipITs");
    }

    @Test
    void aBuildThatFailsFails() throws Exception {
        mavenExits(1, report(UNIT, 5, 0, 0, 0), report(INTEGRATION, 3, 0, 0, 0));
        Outcome outcome = check();

        assertThat(outcome.out()).endsWith("\n8 passed, 1 failed, 0 skipped\n");
        assertThat(outcome.status()).isNotZero();
    }

    @Test
    void nothingPassedIsAFailure() throws Exception {
        mavenExits(0, report(UNIT, 1, 0, 0, 1), report(INTEGRATION, 0, 0, 0, 0));

        assertThat(check().status()).isNotZero();
    }

    @Test
    void reportsOfAnEarlierRunDoNotCount() throws Exception {
        mavenExits(0, report(UNIT, 5, 0, 0, 0), report(INTEGRATION, 3, 0, 0, 0));
        assertThat(check().status()).isZero();
        mavenExits(0);

        assertThat(check().out()).endsWith("\n0 passed, 2 failed, 0 skipped\n");
    }

    @Test
    void saysWhatToInstallToWhoeverIsNotRoot() throws Exception {
        checkout.tool("dpkg-query", "[ \"$3\" = gdb ] || echo installed");
        checkout.tool("id", "echo 1000");
        Outcome outcome = check();

        assertThat(outcome.out()).contains("sudo apt-get install -y --no-install-recommends gdb\n");
        assertThat(outcome.status()).isEqualTo(2);
    }
}
