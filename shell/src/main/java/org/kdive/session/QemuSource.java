package org.kdive.session;

import org.kdive.images.fetch.EmulatorFetcher;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.GuestArchitecture;

/** The QEMU that a user asks for. */
final class QemuSource {
    private static final String BACKPORTS = "backports";

    private QemuSource() {}

    /** @param words a program, or {@code backports} for the newer one of the distribution: fetched if need be */
    static String program(String words, GuestArchitecture guest, Progress progress) {
        return words.equals(BACKPORTS)
                ? EmulatorFetcher.ofUser().backport(guest.qemu(), progress).toString()
                : words;
    }
}
