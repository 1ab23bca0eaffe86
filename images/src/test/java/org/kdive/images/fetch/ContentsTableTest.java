package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContentsTableTest {
    @TempDir
    private Path directory;

    @Test
    void findsThePackageOfAProgramWhereAShellLooks() throws IOException {
        Path table = directory.resolve("Contents-arm64.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(table))) {
            out.write("""
                    usr/bin/perf                         kernel/linux-perf
                    usr/bin/perf-archive                 other
                    sbin/ip                              net/iproute2,net/twin
                    usr/share/bin/strace                 doc/strace-doc
                    """.getBytes(StandardCharsets.US_ASCII));
        }
        List<Path> tables = List.of(table);
        assertThat(ContentsTable.findPackage(tables, "perf")).hasValue("linux-perf");
        assertThat(ContentsTable.findPackage(tables, "ip")).hasValue("iproute2");
        assertThat(ContentsTable.findPackage(tables, "strace")).isEmpty();
        assertThat(ContentsTable.findPackage(tables, ".*")).isEmpty();
    }
}
