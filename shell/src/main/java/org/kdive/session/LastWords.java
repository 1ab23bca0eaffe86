package org.kdive.session;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Listens to the guest's console for the words with which a boot ends that never had a chance, and says what they mean and
 * what to pass to kdive instead; each once. The words are the kernel's: init/main.c, init/do_mounts.c, init/initramfs.c,
 * kernel/exit.c, mm/oom_kill.c. The console's thread.
 */
final class LastWords {
    private static final int LONGEST_LINE_BYTES = 1024;

    private static final String NO_ROOT = """
            The kernel has no root file system: no initramfs was loaded, and root= names no disk that it can read. \
            Without --initrd kdive makes a busybox root; --initrd FILE passes another; a disk is \
            --disk FILE --append root=/dev/vda, for a kernel that has virtio_blk and the disk's file system built in \
            (an initramfs has to bring modules).""";

    private static final String NO_INIT = """
            The kernel has nothing to run as its first process: there is no /init in the initramfs (or no initramfs: \
            --initrd none), and none of /sbin/init, /etc/init, /bin/init and /bin/sh on the root. Without --initrd \
            kdive makes a busybox root; --append rdinit=PATH names a program in an initramfs, --append init=PATH one \
            on a disk. It must be executable and for this processor, and its interpreter must be there too.""";

    private static final String NO_MEMORY = """
            The guest has too little memory to boot, or its initramfs is too large: --memory 1G gives it more.""";

    private static final String NO_MEMORY_LEFT = """
            The guest has run out of memory, and panic_on_oom has the kernel give up then: --memory 1G gives it more.""";

    private static final String NO_CONSOLE = """
            The first process has no console: console= on the command line names a device that this machine or this kernel \
            has not, so nothing that it and the shell say will be seen. kdive names the right one unless --append names another.""";

    private static final String NO_UNPACKING = """
            The kernel cannot read the initramfs (%s): the file is damaged, or packed in a way that this kernel was \
            built without (CONFIG_RD_GZIP, CONFIG_RD_ZSTD and so on). It goes on without; gzip is what nearly every \
            kernel reads.""";

    private record Meaning(Pattern words, Function<MatchResult, String> explanation) {
        static Meaning of(String regex, Function<MatchResult, String> explanation) {
            return new Meaning(Pattern.compile(regex), explanation);
        }
    }

    private static final List<Meaning> MEANINGS = List.of(
            Meaning.of("VFS: Unable to mount root fs on", match -> NO_ROOT),
            Meaning.of("No working init found", match -> NO_INIT),
            Meaning.of("Requested init (\\S+) failed \\(error -(\\d+)\\)", LastWords::notExecuted),
            Meaning.of("Failed to execute (\\S+) \\(error -(\\d+)\\)", LastWords::notExecuted),
            Meaning.of("Attempted to kill init! exitcode=0x([0-9a-f]{1,8})", LastWords::initEnded),
            Meaning.of("System is deadlocked on memory|no killable processes", match -> NO_MEMORY),
            Meaning.of("Out of memory: system-wide panic_on_oom", match -> NO_MEMORY_LEFT),
            Meaning.of("Out of memory: Killed process \\d+ \\((.*?)\\)", LastWords::killed),
            Meaning.of("unable to open an initial console", match -> NO_CONSOLE),
            Meaning.of("Initramfs unpacking failed: (.*\\S)", match -> NO_UNPACKING.formatted(match.group(1))));

    // kernel/watchdog.c, kernel/hung_task.c, kernel/rcu/tree_stall.h, kernel/workqueue.c; a time stamp before it
    private static final Pattern HANGS = Pattern.compile("^(?:\\[ *\\d+\\.\\d+](?:\\[ *[TC]\\d+])? )?"
            + "((?:watchdog: )?BUG: soft lockup - .*|(?:NMI )?watchdog: .*hard LOCKUP.*|INFO: task .* blocked for more than .*"
            + "|rcu: INFO: rcu\\w* (?:self-)?detected .*stalls? on .*|BUG: workqueue lockup - .*)");

    private final Consumer<String> listener;
    private final Consumer<String> hang;
    private final StringBuilder line = new StringBuilder();
    private final Set<Meaning> said = new HashSet<>();

    /** @param hang hears each line in which the kernel says that something hangs */
    LastWords(Consumer<String> listener, Consumer<String> hang) {
        this.listener = listener;
        this.hang = hang;
    }

    /** What the guest wrote, in pieces as they come. */
    void heard(byte[] output) {
        for (char c : new String(output, StandardCharsets.ISO_8859_1).toCharArray()) {
            if (c == '\n') {
                ended(line.toString());
                line.setLength(0);
            } else if (line.length() < LONGEST_LINE_BYTES) {
                line.append(c);
            }
        }
    }

    private void ended(String text) {
        Matcher hangs = HANGS.matcher(text.stripTrailing());
        if (hangs.matches()) {
            hang.accept(hangs.group(1));
        }
        for (Meaning meaning : MEANINGS) {
            Matcher matcher = meaning.words().matcher(text);
            if (matcher.find() && said.add(meaning)) {
                listener.accept(meaning.explanation().apply(matcher));
            }
        }
    }

    private static String killed(MatchResult match) {
        return "The guest has run out of memory and its kernel has killed %s to have some: --memory 1G gives it more."
                .formatted(match.group(1).replaceAll("\\p{Cntrl}", "?"));
    }

    private static String notExecuted(MatchResult match) {
        String why = switch (match.group(2)) {
            case "2" -> "it is not there, or what interprets it (after #!, or the dynamic loader) is not";
            case "8" -> "it is no program for this processor, or a script without #!";
            case "13" -> "it is not executable";
            default -> "error " + match.group(2);
        };
        return "The kernel could not start %s: %s.".formatted(match.group(1), why);
    }

    // as wait(2) tells it: the signal in the low seven bits, else the exit status above the low byte
    private static String initEnded(MatchResult match) {
        int code = Integer.parseUnsignedInt(match.group(1), 16);
        int signal = code & 0x7f;
        String how = signal != 0 ? "was killed by signal " + signal : "ended with status " + (code >>> 8 & 0xff);
        return "The first process %s, and no kernel goes on without it.%s"
                .formatted(
                        how,
                        signal == 4
                                ? " Signal 4 is an illegal instruction: the program may be for a newer processor (--cpu)."
                                : " /init must not return: it may exec what comes next, or wait in a loop.");
    }
}
