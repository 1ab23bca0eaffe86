package org.kdive.session;

import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Checkpoint and rewind over and over, with random runs between, and the right answers each time: a main, which prints what
 * both processes hold. The first word says how many rounds; 1000 without. QEMU 7.2 grows by some 40 KiB a round, all of it
 * heap, and what it is is said at MemoryMap.read.
 */
final class CheckpointSoak {
    private static final int STATES_KEPT = 4;

    private final Guest guest;
    private final SplittableRandom random = new SplittableRandom(5);
    private final Breakpoint opens;
    private int moved;

    private CheckpointSoak(Guest guest) {
        this.guest = guest;
        guest.bootedTo("do_sys_openat2");
        this.opens = guest.breakAt("do_sys_openat2");
    }

    public static void main(String[] words) throws IOException {
        int rounds = words.length > 0 ? Integer.parseInt(words[0]) : 1000;
        try (Guest guest = Guest.boot(small())) {
            CheckpointSoak soak = new CheckpointSoak(guest);
            long begun = System.nanoTime();
            for (int round = 1; round <= rounds; round++) {
                soak.round(round);
                if (round == STATES_KEPT || round % Math.max(1, rounds / 10) == 0) {
                    Footprint.tell(guest, round, (System.nanoTime() - begun) / 1e9);
                }
            }
            if (soak.moved < rounds / 2) {
                throw new AssertionError("the guest has moved in %d rounds alone".formatted(soak.moved));
            }
            System.out.printf("all answers were right; the guest had moved in %d rounds of %d%n", soak.moved, rounds);
        }
    }

    private static BootRequest small() {
        return BootRequest.of("debian").withMemoryBytes(256L << 20).withCpus(1);
    }

    private record Truth(long pc, String registers, long jiffies, int hits) {}

    private Truth now() {
        Stop stop = guest.on(guest.session::requireStop);
        String registers = guest.on(
                () -> Inventory.of(stop, guest.session.target()).registers().toString());
        int hits = guest.on(() -> guest.session.breakpoints().require(opens.number()))
                .hits();
        return new Truth(guest.on(stop::pc), registers, guest.evaluate("*(unsigned long *)&jiffies_64"), hits);
    }

    private void round(int round) {
        Truth then = now();
        Checkpoint taken = guest.on(() -> guest.session.checkpoints().take("soak", "", () -> {}));
        runOn();
        Truth later = now();
        moved += later.equals(then) ? 0 : 1; // on a busy host it may be held before its first instruction
        guest.on(() -> guest.session.checkpoints().rewind(taken));
        Truth back = now();
        if (!back.equals(then)) {
            throw new AssertionError("round %d: it was %s and is %s".formatted(round, then, back));
        }
        guest.on(() -> {
            guest.session.checkpoints().delete(taken);
            return true;
        });
        if (round % STATES_KEPT == 0) {
            runOn(); // so that the next rounds are of another moment
        }
    }

    private void runOn() {
        guest.runFor(Duration.ofMillis(60 + random.nextInt(120)));
    }
}
