package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** QEMU 7.2's help, a few lines of it. */
final class MonitorDeskTest {
    @Test
    void findsTheCommandsInTheHumanMonitorsHelp() {
        String help = "balloon target -- request VM to change its memory allocation (in MB)\r\n"
                + "block_job_cancel [-f] device -- stop an active background block operation (use -f\r\n"
                + "\t\t\t if you want to abort -- now)\r\n"
                + "cont|c  -- resume emulation\r\n"
                + "nothing at all\r\n";
        assertThat(MonitorDesk.firstWords(help, "")).containsExactly("balloon", "block_job_cancel", "c", "cont");
    }

    @Test
    void findsWhatStandsBehindInfo() {
        String help =
                "info block [-n] [-v] [device] -- show info\r\ninfo block-jobs  -- show progress\r\nother -- x\r\n";
        assertThat(MonitorDesk.firstWords(help, "info ")).containsExactly("block", "block-jobs");
    }
}
