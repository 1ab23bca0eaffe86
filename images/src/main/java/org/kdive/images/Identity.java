package org.kdive.images;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.kdive.images.bytes.Bytes;

/** What a kernel says of itself, found by its shape: the banner and the build-id note. */
final class Identity {
    static final String BANNER_PREFIX = "Linux version ";

    private static final byte[] BANNER = BANNER_PREFIX.getBytes(StandardCharsets.ISO_8859_1);
    private static final int MAX_BANNER_BYTES = 1024;
    private static final Pattern NUMBERED_BUILD = Pattern.compile(" #\\d");
    private static final byte[] GNU = {'G', 'N', 'U', 0};
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final int PAGE = 4096;
    private static final int NT_GNU_BUILD_ID = 3;
    private static final int MAX_BUILD_ID_BYTES = 64;

    private Identity() {}

    /**
     * The prefix occurs in messages as well, but only a banner has a number behind it. Since 6.2, and in what distributions
     * carried back, there are two: one for early links, whose build is "#" without a number, and the true one.
     *
     * @param likelyOffset where to look first: the read-only data, or 0
     */
    static OptionalInt bannerOffset(Bytes payload, int likelyOffset) {
        OptionalInt found = bannerFrom(payload, likelyOffset);
        return found.isPresent() || likelyOffset == 0 ? found : bannerFrom(payload, 0);
    }

    private static OptionalInt bannerFrom(Bytes payload, int from) {
        OptionalInt best = OptionalInt.empty();
        OptionalInt at = payload.find(BANNER, from);
        while (at.isPresent()) {
            long next = at.getAsInt() + (long) BANNER.length;
            if (payload.holds(next, 1) && Character.isDigit(payload.u8At(next))) {
                best = at;
                if (NUMBERED_BUILD.matcher(textAt(payload, at.getAsInt())).find()) {
                    break;
                }
            }
            at = payload.find(BANNER, next);
        }
        return best;
    }

    static Optional<String> findBanner(Bytes payload, int likelyOffset) {
        OptionalInt at = bannerOffset(payload, likelyOffset);
        return at.isEmpty() ? Optional.empty() : Optional.of(textAt(payload, at.getAsInt()));
    }

    private static String textAt(Bytes payload, int offset) {
        return payload.textAt(offset, Math.min(MAX_BANNER_BYTES, payload.size() - offset))
                .strip();
    }

    /**
     * The note (gABI, "Note Section"): name size 4, description size, type 3, "GNU\0", description. Searched for rather
     * than walked to, because a flat image has no section headers. The vDSO in it is an ELF file with a note of its own.
     */
    static Optional<String> findBuildId(Bytes notes) {
        Optional<String> first = Optional.empty();
        OptionalInt at = notes.find(GNU, 0);
        while (at.isPresent()) {
            int name = at.getAsInt();
            Optional<String> id = buildIdAt(notes, name);
            if (id.isPresent() && !isInElf(notes, name)) {
                return id;
            }
            first = first.or(() -> id);
            at = notes.find(GNU, name + 4L);
        }
        return first;
    }

    private static Optional<String> buildIdAt(Bytes notes, int name) {
        if (name < 12 || notes.u32At(name - 12L) != GNU.length || notes.u32At(name - 4L) != NT_GNU_BUILD_ID) {
            return Optional.empty();
        }
        long length = notes.u32At(name - 8L);
        return length > 0 && length <= MAX_BUILD_ID_BYTES && notes.holds(name + 4L, length)
                ? Optional.of(HexFormat.of().formatHex(notes.toArray(name + 4L, (int) length)))
                : Optional.empty();
    }

    // a vDSO has its notes in its first page
    private static boolean isInElf(Bytes notes, int offset) {
        int from = Math.max(1, offset - PAGE);
        return notes.slice(from, Math.max(0, offset - from)).find(ELF, 0).isPresent();
    }
}
