package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kdive.images.fetch.Progress;
import org.kdive.session.BootRequest;
import org.kdive.session.Session;

/** Debian's 6.1 for arm64 has no symbols of data in its kallsyms: what kdive knows of the running kernel all the same. */
@Timeout(300)
final class Arm64KernelVerbsIT {
    private final Session session = Session.open();
    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);

    @Test
    void aKernelWithoutDataSymbolsTellsItsTasksLogModulesAndPerCpuVariables() {
        try (session) {
            boot();
            // the last of the initcalls that set things up: two processors, threads, no module yet
            answer("tbreak populate_rootfs");
            answer("continue");

            String log = answer("dmesg");
            assertThat(log).contains("] Linux version ");
            assertThat(answer("lx-cmdline").strip()).isEqualTo(first(log, "Kernel command line: (.*)"));
            assertThat(answer("lx-version"))
                    .contains(first(log, "(Linux version \\S+)"))
                    .contains("\nup ");
            String tasks = answer("info tasks");
            assertThat(tasks).contains("[kthreadd]").contains("[cpuhp/1]");
            assertThat(answer("info modules")).contains("No modules are loaded");

            assertThat(answer("info percpu cpu_number"))
                    .containsPattern("CPU 0 .*: 0x0\n")
                    .containsPattern("CPU 1 .*: 0x1\n");
            String current = first(answer("p $lx_current()"), "(0x[0-9a-f]+)");
            assertThat(tasks).contains("* " + current + " ");
            assertThat(answer("p $lx_current()->comm")).contains("\"swapper/0");
            // static ones: only the types know their places
            assertThat(answer("p $lx_per_cpu(runqueues, 1).cpu")).contains("= 1");
            assertThat(answer("p $lx_per_cpu(__entry_task, 0)->on_cpu")).contains("= 1");
            // told by vmcoreinfo alone
            assertThat(answer("p &swapper_pg_dir")).containsPattern("0xffff[0-9a-f]{12}");
        }
    }

    private void boot() {
        BootRequest request = BootRequest.of("debian/arm64").withCpus(2);
        session.call(() -> session.boot(request.plan(Progress.silent())));
    }

    private String answer(String line) {
        RecordingOutput output = new RecordingOutput();
        interpreter.execute(line, output);
        return output.answer();
    }

    private static String first(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }
}
