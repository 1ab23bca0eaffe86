package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.images.Architecture;
import org.kdive.images.fetch.BusyboxFetcher;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.initramfs.BusyboxRoot;
import org.kdive.images.initramfs.Compression;
import org.kdive.images.initramfs.InitramfsCache;

/** A watchdog on PCI with the kernel's own driver for it, wound up once and not again: a row of docs/truth.md. */
@Timeout(240)
final class WatchdogIT {
    private static final String KERNEL = "debian-generic"; // its package has the driver

    @TempDir
    private Path directory;

    private final List<Stop> told = new ArrayList<>();

    static java.util.stream.Stream<String> qemus() {
        return TruthTableIT.qemus();
    }

    private String root() {
        KernelFetcher fetcher = KernelFetcher.ofUser();
        FetchedKernel kernel = fetcher.fetch(KernelName.parse(KERNEL), Progress.silent());
        List<Path> driver = fetcher.modules(kernel, List.of("i6300esb"), Progress.silent());
        Path busybox = BusyboxFetcher.ofUser().fetch(Architecture.X86_64, Progress.silent());
        return new InitramfsCache(directory.resolve("cache"))
                .archive(BusyboxRoot.tree(busybox, driver), Compression.NONE)
                .toString();
    }

    @ParameterizedTest
    @MethodSource("qemus")
    void aWatchdogThatNobodyWindsUpIsTold(String qemu) {
        BootRequest request = BootRequest.of(KERNEL)
                .withInitrd(root())
                .withCpus(1)
                .withQemu(qemu)
                .withQemuArguments(List.of("-device", "i6300esb", "-action", "watchdog=pause"));
        try (Guest guest = Guest.boot(request)) {
            guest.session.listen(new SessionListener() {
                @Override
                public void stopped(Stop stop) {
                    told.add(stop);
                }
            });
            TruthTableIT.resumeInBackground(guest, told);
            guest.on(() -> {
                guest.session.expectations().console(Pattern.compile("/ # "), Guest.PATIENCE);
                guest.session
                        .console()
                        .send("watchdog -T 2 -t 600 /dev/watchdog\n".getBytes(StandardCharsets.US_ASCII));
                return true;
            });
            assertThat(TruthTableIT.awaitTold(guest, told)).isEqualTo(new Cause.WatchdogExpired());
        }
    }
}
