package org.kdive.images.linux;

import java.time.Duration;
import java.util.Optional;
import org.kdive.images.ImageException;

/** What a guest reads in {@code /proc/version}, {@code /proc/cmdline} and {@code /proc/uptime}. */
public final class Proc {
    private static final int LONGEST_BANNER = 1024;
    private static final int LONGEST_COMMAND_LINE = 64 << 10;

    private Proc() {}

    /** The whole "Linux version ..." line. */
    public static String version(LiveKernel kernel) {
        long banner = kernel.findAddress("linux_banner")
                .orElseGet(() -> kernel.program().image().bannerLinkAddress().stream()
                        .map(kernel.program()::toRunTime)
                        .findFirst()
                        .orElseGet(() -> kernel.requireAddress("linux_banner")));
        return kernel.text(banner, LONGEST_BANNER).stripTrailing();
    }

    /** Empty until {@code start_kernel} has kept it. */
    public static Optional<String> cmdline(LiveKernel kernel) {
        long line = kernel.pointer(kernel.requireAddress("saved_command_line"));
        return line == 0 ? Optional.empty() : Optional.of(kernel.text(line, LONGEST_COMMAND_LINE));
    }

    /** By the scheduler's clock, as of its last look at it; empty until it runs, or where nothing tells. */
    public static Optional<Duration> uptime(LiveKernel kernel) {
        long latest = 0;
        try {
            for (int cpu : PerCpu.online(kernel)) {
                Optional<Long> queue = PerCpu.find(kernel, "runqueues", cpu);
                if (queue.isPresent()) {
                    latest = Math.max(latest, kernel.object("rq", queue.get()).number("clock"));
                }
            }
        } catch (ImageException e) {
            return Optional.empty(); // no such type or member, or not mapped yet
        }
        return latest == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(latest));
    }
}
