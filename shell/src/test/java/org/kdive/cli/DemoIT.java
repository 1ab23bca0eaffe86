package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The main job, start to finish, as {@code kdive demo --batch} does it. */
@Timeout(240)
final class DemoIT {
    @Test
    void stopsInStartKernelLooksAroundAndRunsOnToTheShell() {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        StringWriter talk = new StringWriter();

        int status = Main.run(
                answer,
                new PrintWriter(answer, true, StandardCharsets.UTF_8),
                new PrintWriter(talk),
                "demo",
                "--batch");

        assertThat(talk.toString()).contains("KASLR slide 0x");
        assertThat(answer.toString(StandardCharsets.UTF_8))
                .containsPattern("Temporary breakpoint 1, 0x[0-9a-f]+ in start_kernel \\(\\)")
                .containsPattern("rip +0x[0-9a-f]+ 0x[0-9a-f]+ <start_kernel>")
                .containsPattern("=> 0x[0-9a-f]+ <start_kernel\\+0>:\t")
                .contains("|Linux version 6.")
                .containsPattern("4096 bytes from 0x[0-9a-f]+ written to ")
                .contains("Snapshot demo saved", "Restored snapshot demo")
                .contains("child<virtio-9p-pci>")
                .contains("Hello Linux")
                .containsPattern("This boot took [0-9.]+ seconds")
                .containsPattern("\n6\\.\\S+-cloud-amd64 x86_64");
        assertThat(status).isZero();
    }
}
