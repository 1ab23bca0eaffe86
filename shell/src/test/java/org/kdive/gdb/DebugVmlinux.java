package org.kdive.gdb;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import org.kdive.images.ImageException;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;

/**
 * Debian's kernel for the cloud and the vmlinux with debug information that belongs to it, which kdive does without and
 * gdb needs. Fetched once: 300 MB over the network, 600 MB in the cache.
 */
public record DebugVmlinux(FetchedKernel kernel, Path file) {
    public static DebugVmlinux fetch() {
        return fetch("debian");
    }

    private static DebugVmlinux fetch(String name) {
        KernelFetcher fetcher = KernelFetcher.ofUser();
        FetchedKernel kernel = fetcher.fetch(KernelName.parse(name), Progress.silent());
        return new DebugVmlinux(kernel, fetcher.debugVmlinux(kernel, Progress.silent()));
    }

    /** For tests: on CI a failure if it cannot be had; elsewhere a reason to skip. */
    static DebugVmlinux require() {
        return require("debian");
    }

    static DebugVmlinux require(String name) {
        try {
            return fetch(name);
        } catch (ImageException e) {
            return System.getenv("CI") != null ? rethrow(e) : abort("no debug vmlinux: " + e.getMessage());
        }
    }

    private static DebugVmlinux rethrow(ImageException e) {
        throw e;
    }

    /** The gdb that reads it. */
    String gdb() {
        boolean isHosts = file.toString().contains("amd64");
        return isHosts ? "gdb" : "gdb-multiarch";
    }

    /** Where gdb keeps its index, which takes it twenty seconds of CPU to make: beside the file, and as lasting. */
    Path indexes() {
        return file.resolveSibling("gdb-index");
    }
}
