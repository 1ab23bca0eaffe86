package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;
import org.kdive.images.fetch.BusyboxFetcher;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.initramfs.BusyboxRoot;
import org.kdive.images.initramfs.Compression;
import org.kdive.images.initramfs.InitramfsWriter;
import org.kdive.session.SessionException;

/** Everything that stops a stock arm64 kernel, from before its MMU is on to its panic, in the life of one guest. */
@Timeout(300)
final class BreakpointsArm64IT {
    private static final String KERNEL = "debian/arm64";
    private static final Pattern BRK = Pattern.compile("0x([0-9a-f]+) <do_task_dead.*brk +#0x800"); // its BUG()
    private static final String UNDEFINED = "0"; // udf #0

    @TempDir
    private Path scratch;

    private BootedGuest guest;

    @BeforeEach
    void boot() {
        guest = BootedGuest.before(KERNEL, "initrd=" + moduleRoot("dummy", "loop"));
    }

    @AfterEach
    void end() {
        guest.close();
    }

    @Test
    void holdInEveryPhaseOfABoot() {
        beforeTheMmuIsOn();
        acrossAResetAndBackAgain();
        conditionsCommandsAndCounts();
        memoryThatIsWatched();
        whatTheKernelFreesAndLoads();
        whatTheKernelDoes();
        accidents();
    }

    private String run(String... lines) {
        String last = "";
        for (String line : lines) {
            try {
                last = guest.answer(line);
            } catch (SessionException e) {
                throw new SessionException(line + ": " + e.getMessage(), e.failure(), e);
            }
        }
        return last;
    }

    private void beforeTheMmuIsOn() {
        run("tbreak *$pc+8", "hbreak *0x40200000", "break start_kernel", "break dummy:dummy_setup");
        assertThat(run("info breakpoints"))
                .contains("0x0000000040000008", "<PENDING>          start_kernel")
                .contains("Under TCG: software 1; hardware 2; pending 3-4 (the kernel has not chosen its place yet)");
        assertThat(run("stepi")).contains("=> 0x40000004:");
        assertThat(run("continue")).contains("Temporary breakpoint 1, 0x40000008 in ?? ()");
        inTheImage();
        assertThat(run("continue")).contains("Breakpoint 3, 0xffff", " in start_kernel () on CPU 0");
        assertThat(run("info registers SCTLR")).contains(" C M ]");
    }

    private void inTheImage() {
        assertThat(run("continue")).contains("Breakpoint 2, 0x40200000 in ?? ()");
        assertThat(run("print/x *(unsigned int *)($pc + 0x38)")).contains("= 0x644d5241"); // ARM, d
        assertThat(run("info registers SCTLR")).doesNotContain(" M ]");
        assertThat(run("nexti 2")).contains("=> 0x4");
    }

    private void acrossAResetAndBackAgain() {
        run("reset");
        assertThat(run("info breakpoints")).contains("<PENDING>          start_kernel");
        inTheImage();
        assertThat(run("continue")).contains("Breakpoint 3, 0xffff");
        assertThat(run("info breakpoints")).contains("breakpoint already hit 2 times");
        run("delete 2", "break parse_early_param", "checkpoint start");
        assertThat(run("continue")).contains("Breakpoint 5, ", " in parse_early_param ()");
        run("delete 5", "rewind start");
        assertThat(run("info registers pc")).contains("<start_kernel>");
        assertThat(run("continue")).contains("Breakpoint 5, ", " in parse_early_param ()");
        run("delete 5");
    }

    private void conditionsCommandsAndCounts() {
        run("tbreak do_one_initcall");
        assertThat(run("continue")).containsPattern("Temporary breakpoint \\d+, .* in do_one_initcall \\(\\)");
        run("count do_one_initcall", "break do_one_initcall if $x0 == 0", "ignore $bpnum 2");
        run("dprintf do_one_initcall,\"calls %p\\n\",$x0");
        run("break do_one_initcall");
        int number = guest.breakpoint();
        run("ignore %d 4".formatted(number));
        assertThat(run("continue")).containsPattern("Breakpoint %d, .* in do_one_initcall".formatted(number));
        assertThat(guest.notices())
                .filteredOn(line -> line.matches("calls 0xffff[0-9a-f]{12}"))
                .hasSizeGreaterThan(3);
        assertThat(run("info breakpoints"))
                .containsPattern("counter +keep y +0x[0-9a-f]+ <do_one_initcall>\\n\\tbreakpoint already hit 5 times")
                .containsPattern("stop only if \\$x0 == 0\\n\\tignore next 2 hits")
                .contains("breakpoint already hit 5 times");
        run("condition %d $x0 != 0".formatted(number));
        run("commands %d\nsilent\nset $seen = $x0".formatted(number), "continue");
        assertThat(run("print $seen == $x0")).contains("= 1");
        run("disable %d".formatted(number), "enable once %d".formatted(number), "continue");
        assertThat(run("info breakpoints")).containsPattern("%d +breakpoint +dis  n".formatted(number));
        run("delete");
    }

    private void memoryThatIsWatched() {
        run("reset", "tbreak start_kernel", "continue", "watch system_state");
        assertThat(run("continue"))
                .contains("Old value = SYSTEM_BOOTING\nNew value = SYSTEM_SCHEDULING\n")
                .containsPattern("in (rest_init|start_kernel|arch_call_rest_init)");
        run("delete", "rwatch jiffies");
        assertThat(run("continue"))
                .containsPattern("Hardware read watchpoint \\d+: jiffies on CPU \\d\n\nValue = \\d+");
        run("delete", "awatch jiffies");
        assertThat(run("continue")).contains("Hardware access (read/write) watchpoint ");
        run("delete", "watch -l *(unsigned long *)&jiffies if $pc != 0");
        long before = guest.number("jiffies");
        assertThat(run("continue")).contains("Old value = " + before).contains("New value = " + (before + 1));
        run("delete");
    }

    private void whatTheKernelFreesAndLoads() {
        run("break start_kernel", "break dummy:dummy_setup", "rbreak ^populate_rootfs$");
        int initial = guest.breakpoint();
        assertThat(run("continue")).contains("Breakpoint %d, ".formatted(initial), " in populate_rootfs ()");
        run("catch module load", "continue");
        assertThat(guest.notices()).anyMatch(line -> line.contains("(populate_rootfs) retired"));
        assertThat(run("info breakpoints")).contains("<PENDING>          start_kernel");
        String loads = run("bt");
        assertThat(loads).contains("#0  ", " in do_init_module ()", "<user mode, system call>");
        assertThat(run("print ((struct module *)$x0)->name")).containsPattern("= \"(dummy|loop)\"");
        run("delete " + guest.breakpoint());
        assertThat(run("continue")).contains(" in dummy_setup [dummy] () on CPU ");
        assertThat(run("backtrace"))
                .contains("#0  ", " in dummy_setup ()", " in do_init_module+")
                .doesNotContain("??  ?");
        run("delete", "break dummy:dummy_xmit");
        assertThat(run("info breakpoints")).contains("<dummy_xmit");
        run("continue &", "expect console / # within 90s", "send rmmod dummy", "expect console / # within 30s");
        assertThat(run("info breakpoints")).contains("<PENDING>          dummy:dummy_xmit");
        run("send insmod /lib/modules/kdive/*dummy*.ko", "expect console / # within 30s");
        assertThat(run("info breakpoints")).contains("<dummy_xmit").doesNotContain("PENDING");
        run("interrupt", "delete", "continue &", "send (while :; do /bin/ls / >/dev/null; done) &");
        run("interrupt", "catch exec");
        assertThat(run("continue")).contains("exec'd /");
        assertThat(run("info modules")).containsPattern("(?m)^dummy +0xffff").containsPattern("(?m)^loop +0xffff");
        // by name alone, and out of the module's own types, which no symbol of this kernel leads to
        assertThat(run("ptype struct loop_device")).contains("struct gendisk *lo_disk;");
        assertThat(run("info symbol dummy_setup")).contains("dummy_setup");
        assertThat(run("x/2i dummy_setup")).contains("<dummy_setup+0>");
        run("delete");
    }

    private void whatTheKernelDoes() {
        run("catch syscall openat");
        assertThat(run("continue"))
                .contains("call to syscall openat(dfd = -100, filename = 0x", "flags = ", "mode = "); // AT_FDCWD
        assertThat(run("continue")).containsPattern("returned from syscall openat = -?\\d+");
        run("delete", "catch exception page");
        assertThat(run("continue"))
                .containsPattern("exception, page fault or abort at 0x[0-9a-f]+, ESR 0x[0-9a-f]+ in ");
        run("delete", "tcatch syscall");
        assertThat(run("continue")).containsPattern("call to syscall [a-z]\\w+\\(");
        assertThatThrownBy(() -> run("catch exception nonsense")).hasMessageContaining("no \"nonsense\"");
        assertThatThrownBy(() -> run("break dummy:dummy_stup")).hasMessageContaining("did you mean dummy_setup");
    }

    private void accidents() {
        run("delete", "tbreak do_sys_openat2", "continue", "catch warn", "catch panic");
        run("set $x0 = &init_task.usage", "set $x1 = 0"); // a counter to be warned of, which nobody misses
        assertThat(run("jump refcount_warn_saturate"))
                .containsPattern("warning at .*refcount\\.[ch]:\\d+, in refcount_warn_saturate");
        run(
                "delete",
                "reset",
                "tbreak do_sys_openat2",
                "continue",
                "catch oops"); // who was led astray may be the shell
        run("set {unsigned int}$pc = " + UNDEFINED, "catch exception undefined");
        assertThat(run("continue")).contains("exception, undefined instruction in do_sys_openat2");
        run("delete " + guest.breakpoint());
        assertThat(run("continue")).contains("oops: Oops - Undefined instruction in do_sys_openat2");
        assertThat(run("bt"))
                .containsPattern("in do_sys_openat2 \\(\\) +<interrupted>")
                .contains("<user mode, system call>");
        run("delete", "reset", "tbreak do_sys_openat2", "continue", "catch bug", "catch panic");
        Matcher brk = BRK.matcher(run("disassemble do_task_dead"));
        assertThat(brk.find()).isTrue();
        assertThat(run("jump *0x" + brk.group(1))).contains("BUG in do_task_dead");
        assertThat(run("continue")).contains("Kernel oops: ", "BUG");
        run("set $x0 = &init_uts_ns.name.sysname");
        assertThat(run("jump panic")).contains("panic: Linux");
    }

    private Path moduleRoot(String... wanted) {
        KernelFetcher fetcher = KernelFetcher.ofUser();
        FetchedKernel kernel = fetcher.fetch(KernelName.parse(KERNEL), Progress.silent());
        List<Path> modules = fetcher.modules(kernel, List.of(wanted), Progress.silent());
        Path busybox = BusyboxFetcher.ofUser().fetch(Architecture.ARM64, Progress.silent());
        Path root = scratch.resolve("root.cpio");
        new InitramfsWriter(Compression.NONE).write(BusyboxRoot.tree(busybox, modules), root);
        return root;
    }
}
