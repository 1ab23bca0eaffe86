package org.kdive.session;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.machine.Share;

/**
 * Lines for a POSIX shell in the guest, and what it answered. Each line makes the shell write a mark that is nowhere in the
 * line itself, so that its echo is no answer. They begin with a space, which keeps them out of most histories.
 */
final class MountLine {
    private static final String OPTIONS = "trans=virtio,version=9p2000.L,msize=131072";
    private static final int TRIES = 8; // a guest takes seconds to see what was plugged in

    // PS1 of a shell at the end of what was written: "/ # ", "root@host:~# ", "bash-5.2$ "; of no monitor and no login
    private static final Pattern PROMPT = Pattern.compile("[#$] ?$");

    // what the kernel writes in between: "[    5.1] random: crng init done"
    private static final Pattern KERNEL = Pattern.compile("\\[ *\\d+\\.\\d{6}\\][^\\n]*(?:\\n|$)");
    private static final Pattern ESCAPE = Pattern.compile("\u001b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\u0007]*\u0007)");

    private final String key;

    /** @param key letters and digits that nobody has written before */
    MountLine(String key) {
        this.key = key;
    }

    /** Whether the output ends where a shell waits, by the looks of it. */
    static boolean endsAtPrompt(String output) {
        String plain = ESCAPE.matcher(output).replaceAll("").replace("\r", "");
        String said = KERNEL.matcher(plain).replaceAll("");
        String last = said.substring(said.lastIndexOf('\n') + 1);
        return last.length() <= 200 && PROMPT.matcher(last).find();
    }

    /** What a user would type. */
    static String byHand(Share share) {
        String place = "/mnt/" + share.tag();
        return "mkdir -p %s && mount -t 9p -o %s %s %s".formatted(place, options(share), share.tag(), place);
    }

    private static String options(Share share) {
        return share.readOnly() ? "ro," + OPTIONS : OPTIONS;
    }

    /** A shell answers this and nothing else does. */
    String proof() {
        return " echo kd''ive-%s yes\n".formatted(key);
    }

    /**
     * Loads the modules that the root may have, mounts and says how that went.
     *
     * @param laid whether kdive has laid modules into the root
     */
    String mount(Share share, boolean laid) {
        String place = "/mnt/" + share.tag();
        String ours = laid ? "for m in %s/*.ko; do insmod $m; done 2>/dev/null; ".formatted(InitialRoot.LAID) : "";
        return (" " + ours + "for m in virtio_pci 9pnet_virtio 9p; do modprobe $m; done 2>/dev/null; "
                        + "mkdir -p %1$s; n=0; until e=$(mount -t 9p -o %2$s %3$s %1$s 2>&1); do "
                        + "grep -q ' %1$s 9p ' /proc/mounts && break; n=$((n+1)); [ $n = %4$d ] && break; sleep 1; done; "
                        + "[ $n = %4$d ] && echo kd''ive-%5$s no $e || echo kd''ive-%5$s yes\n")
                .formatted(place, options(share), share.tag(), TRIES, key);
    }

    String unmount(Share share) {
        return " e=$(umount /mnt/%1$s 2>&1) && echo kd''ive-%2$s yes || echo kd''ive-%2$s no $e\n"
                .formatted(share.tag(), key);
    }

    /** What the shell said; empty while it has not. */
    Optional<Answer> answer(String output) {
        Matcher said = Pattern.compile("kdive-" + key + " (yes|no) ?([^\\r\\n]*)[\\r\\n]")
                .matcher(output);
        return said.find()
                ? Optional.of(
                        new Answer(said.group(1).equals("yes"), said.group(2).strip()))
                : Optional.empty();
    }

    /** @param words empty when all went well */
    record Answer(boolean yes, String words) {}

    /** The tags of shares that the guest has mounted, as QEMU tells why it could not migrate. hw/9pfs/9p.c, since 6.0. */
    static List<String> mountedTags(List<String> reasons) {
        Pattern mounted = Pattern.compile("mount_tag '([^']*)'");
        return reasons.stream()
                .map(mounted::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .toList();
    }
}
