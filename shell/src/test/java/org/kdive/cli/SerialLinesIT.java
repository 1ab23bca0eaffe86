package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest with three serial lines: the console, one given at boot, one plugged in before the first instruction. */
@Timeout(300)
final class SerialLinesIT {
    @TempDir
    private Path directory;

    @Test
    void eachLineIsLoggedAndOneOfThemIsSpokenTo() throws Exception {
        try (KdiveProcess kdive = KdiveProcess.start(directory, "boot", "debian", "--serial", "dbg")) {
            kdive.type("""
                    console 7
                    console add list
                    console add dbg
                    console add extra
                    continue &
                    expect console Hello Linux within 100s
                    send "stty -F /dev/ttyS1 raw -echo; stty -F /dev/ttyS2 raw -echo; echo re''ady\\n"
                    expect console ready within 20s
                    send "echo one >/dev/ttyS1; echo two >/dev/ttyS2; { echo op''en; head -1 | rev; } </dev/ttyS1; echo do''ne\\n"
                    expect console open within 20s
                    console dbg
                    send "drawer\\n"
                    console 0
                    expect console reward within 20s
                    expect console done within 20s
                    console 2
                    console tail
                    console list
                    console search one
                    console dbg
                    console search on
                    quit
                    """);
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            assertThat(kdive.err())
                    .contains("console 7: no such line; there are [console, dbg], and console add NAME plugs one in")
                    .contains("console add list: a name is letters", "console add dbg: a name is letters");
            assertThat(kdive.out())
                    .contains("Serial line 2: extra", "\ntwo\n", "Nothing in 1 lines of the console matches.", "1  one")
                    .containsPattern("\\* 2 +extra +[45] +/")
                    .containsPattern(" {2}1 +dbg +[45] +/");
        }
    }

    @Test
    void aLineGoesBackWithTheMachineAndIntoAnotherOne() throws Exception {
        Path bundle = directory.resolve("moment.kdive");
        try (KdiveProcess kdive = KdiveProcess.start(directory, "boot", "debian", "--serial", "dbg")) {
            kdive.type("""
                    continue &
                    expect console Hello Linux within 100s
                    send "stty -F /dev/ttyS1 raw -echo; exec 3<>/dev/ttyS1; echo re''ady\n"
                    expect console ready within 20s
                    interrupt
                    checkpoint base
                    continue &
                    send "echo fu''ture >&3\n"
                    console dbg
                    expect console future within 20s
                    interrupt
                    rewind base
                    continue &
                    console 0
                    send "head -1 <&3 | rev >&3\n"
                    console dbg
                    send "drawer\n"
                    expect console reward within 20s
                    console search future
                    interrupt
                    checkpoint export %s base
                    quit
                    """.formatted(bundle));
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            assertThat(kdive.out()).contains("lines of the console matches.", "is in " + bundle);
        }
        try (KdiveProcess kdive = KdiveProcess.start(directory, "boot", "--checkpoint", bundle.toString())) {
            kdive.type("""
                    console list
                    continue &
                    send "echo el''sewhere >&3\n"
                    console dbg
                    expect console elsewhere within 20s
                    quit
                    """);
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            assertThat(kdive.out()).containsPattern("  1 +dbg +0 +/");
        }
    }
}
