package org.kdive.command;

import java.util.Arrays;
import java.util.List;

/**
 * How long guests that do not hang are watched with the least patience there is, idle and busy, without being taken for ones
 * that do: a main. {@code SECONDS} each; 60 without.
 */
final class HangSoak {
    private static final List<String> WORK = List.of(
            "while :; do cat /proc/stat > /dev/null; done",
            "yes > /dev/null",
            "while :; do dd if=/dev/zero of=/tmp/soak bs=1M count=20 2> /dev/null; done",
            "while :; do find / > /dev/null 2>&1; done");

    private HangSoak() {}

    public static void main(String[] words) {
        String seconds = words.length > 0 ? words[0] : "60";
        for (String boot : List.of("debian cpus=1", "debian cpus=2", "debian/arm64 cpus=1", "debian/arm64 cpus=2")) {
            String[] parts = boot.split(" ", -1);
            try (BootedGuest guest = BootedGuest.before(parts[0], Arrays.copyOfRange(parts, 1, parts.length))) {
                guest.answer("set hang-timeout 1s");
                guest.answer("set timeout 600s");
                long begun = System.nanoTime();
                guest.answer("continue &");
                guest.answer("expect console / # within 300s");
                System.out.printf("%s: up in %.1f s%n", boot, (System.nanoTime() - begun) / 1e9);
                idle(guest, seconds, "idle");
                guest.answer("send \"%s\\n\"".formatted(String.join(" & ", WORK) + " &"));
                idle(guest, seconds, "busy");
                guest.answer("interrupt");
                guest.answer("break do_sys_openat2 if 0");
                guest.answer("continue &");
                idle(guest, seconds, "busy, at a breakpoint that never holds");
            }
        }
    }

    private static void idle(BootedGuest guest, String seconds, String how) {
        guest.answer("send \"sleep %s; echo ov''er\\n\"".formatted(seconds));
        guest.answer("expect console over within 600s");
        if (!guest.isRunning()) {
            throw new AssertionError(how + ": " + guest.answer("info dmesg"));
        }
        System.out.printf("    %s s %s: left alone%n", seconds, how);
    }
}
