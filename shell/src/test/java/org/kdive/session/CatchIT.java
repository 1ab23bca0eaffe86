package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kdive.images.linux.Oops;

/** What {@code catch} catches on stock Debian kernels, and what it says of it. */
@Timeout(240)
final class CatchIT {
    private static Guest boot(String kernel, @Nullable String initrd) {
        BootRequest plain = BootRequest.of(kernel);
        return Guest.boot(BootRequest.of(plain.kernel()).withInitrd(initrd).withCpus(1));
    }

    private static Breakpoint catching(Guest guest, String words) {
        return guest.on(() -> guest.session.place(BreakpointSpec.catching(words)));
    }

    private static String caught(Stop stop) {
        assertThat(stop.cause()).isInstanceOf(Cause.Caught.class);
        return ((Cause.Caught) stop.cause()).what();
    }

    private static void delete(Guest guest, Breakpoint breakpoint) {
        guest.on(() -> {
            guest.session.breakpoints().delete(breakpoint.number());
            return true;
        });
    }

    @Test
    void catchesInitcallsProgramsAndSystemCallsOnX86() {
        try (Guest guest = Guest.boot(2)) {
            catching(guest, "initcall pty_init");
            Breakpoint exec = catching(guest, "exec init");
            Breakpoint early = guest.breakAt("start_kernel");
            assertThat(guest.resume().cause()).isInstanceOf(Cause.BreakpointHit.class);
            assertThat(caught(guest.resume())).isEqualTo("initcall pty_init");
            assertThat(caught(guest.resume())).isEqualTo("exec'd /init");
            delete(guest, exec);

            // the memory of start_kernel is the page allocator's now
            assertThat(guest.notices)
                    .anyMatch(
                            line -> line.startsWith("breakpoint %d (start_kernel) retired".formatted(early.number())));
            assertThat(guest.on(() ->
                            guest.session.breakpoints().require(early.number()).isPending()))
                    .isTrue();

            Breakpoint calls = catching(guest, "syscall openat");
            String call = caught(guest.resume());
            assertThat(call).startsWith("call to syscall openat(dfd = -100, filename = 0x");
            assertThat(caught(guest.resume())).matches("returned from syscall openat = -?\\d+");
            assertThat(guest.on(() ->
                            guest.session.breakpoints().require(calls.number()).hits()))
                    .isEqualTo(2);
            delete(guest, calls);

            catching(guest, "syscall");
            String any = caught(guest.resume());
            assertThat(any).matches("call to syscall \\w+\\(.*\\)");
            String name = any.replaceAll("call to syscall (\\w+)\\(.*", "$1");
            assertThat(caught(guest.resume())).startsWith("returned from syscall " + name + " = ");
        }
    }

    @Test
    void catchesTheSameOnArm64() {
        try (Guest guest = boot("debian/arm64:6.12", null)) {
            Breakpoint calls = catching(guest, "initcall");
            assertThat(caught(guest.resume())).matches("initcall \\w+");
            delete(guest, calls);
            Breakpoint exec = catching(guest, "exec");
            assertThat(caught(guest.resume())).isEqualTo("exec'd /init");
            delete(guest, exec);

            Breakpoint opens = catching(guest, "syscall openat");
            assertThat(caught(guest.resume())).startsWith("call to syscall openat(");
            assertThat(caught(guest.resume())).matches("returned from syscall openat = -?\\d+");
            delete(guest, opens);
            Breakpoint any = catching(guest, "syscall");
            assertThat(caught(guest.resume())).matches("call to syscall [a-z]\\w+\\(.*\\)");
            assertThat(caught(guest.resume())).matches("returned from syscall [a-z]\\w+ = .*");
            delete(guest, any);
            catching(guest, "exception page");
            assertThat(caught(guest.resume())).startsWith("exception, page fault or abort at 0x");
        }
    }

    @Test
    void catchesThePanicOfAKernelWithoutARootAndSaysItsMessage() {
        try (Guest guest = boot("debian", "none")) {
            Breakpoint first = catching(guest, "panic");

            assertThat(caught(guest.resume())).startsWith("panic: VFS: Unable to mount root fs on unknown-block(0,0)");
            delete(guest, first);

            Cause.Panicked panicked = (Cause.Panicked) guest.resume().cause(); // once it has said so, by itself
            Oops told = panicked.told().orElseThrow();
            assertThat(panicked.words()).startsWith("VFS: Unable to mount root fs on unknown-block(0,0)");
            assertThat(told.headline()).isEqualTo(panicked.words());
            assertThat(told.task()).contains(new Oops.Victim("swapper/0", 1, 0));
            assertThat(told.calls()).anyMatch(call -> call.startsWith("panic+0x"));
        }
    }

    @Test
    void catchesAnInstructionThatIsNoneAsABugAndAnOops() {
        try (Guest guest = Guest.boot(1)) {
            Breakpoint calls = catching(guest, "initcall");
            Stop stop = guest.resume();
            delete(guest, calls);
            catching(guest, "bug");
            Breakpoint oops = catching(guest, "oops");
            guest.on(() -> {
                stop.write(stop.pc(), new byte[] {0x0f, 0x0b});
                return true;
            });

            assertThat(caught(guest.resume())).isEqualTo("BUG in do_one_initcall");
            assertThat(guest.on(() ->
                            guest.session.breakpoints().require(oops.number()).hits()))
                    .isEqualTo(1); // at the same place
            guest.on(() -> {
                guest.session.breakpoints().deleteAll();
                return true;
            });

            Oops told = ((Cause.Oopsed) guest.resume().cause()).told().orElseThrow();
            assertThat(told.place()).startsWith("do_one_initcall+0x0/");
            assertThat(told.headline()).startsWith("invalid opcode: 0000");
            assertThat(told.calls()).anyMatch(call -> call.startsWith("kernel_init"));
            Cause.Panicked panicked = (Cause.Panicked) guest.resume().cause();
            assertThat(panicked.words()).startsWith("Attempted to kill init!");
            assertThat(panicked.told().orElseThrow().place()).isEqualTo(told.place()); // because of that oops
        }
    }

    @Test
    void aTripleFaultIsToldThoughTheMachineHasReset() {
        try (Guest guest = Guest.boot(1)) {
            guest.bootedTo("start_kernel");
            guest.evaluate("$rsp = 0x10");
            guest.evaluate("$rip = 0xffffffffdeadbeef");

            Stop stop = guest.resume();

            assertThat(stop.cause().describe())
                    .startsWith("Triple fault")
                    .contains("0xffffffffdeadbeef on CPU 0, sp 0x10,");
            Checkpoint kept = guest.on(() -> guest.session.checkpoints().require("triple-fault"));
            assertThat(kept.message()).startsWith("Triple fault");
            assertThat(guest.where(guest.bootedTo("start_kernel"))).isEqualTo("start_kernel"); // once more
            Stop back = guest.on(() -> guest.session.checkpoints().rewind(kept));
            assertThat(guest.on(back::pc)).isEqualTo(kept.pc());
        }
    }
}
