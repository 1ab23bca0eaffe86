package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.session.Session;

/** Breakpoints while nothing is booted: all of them are pending. The tables are as gdb 13 prints them. */
final class BreakpointVerbsTest {
    private final Session session = Session.open();
    private final RecordingOutput output = new RecordingOutput();
    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);

    @TempDir
    private Path directory;

    @AfterEach
    void closeTheSession() {
        session.close();
    }

    private String run(String... lines) {
        int before = output.answer().length();
        BlockReader reader = interpreter.reader();
        for (String line : String.join("\n", lines).split("\n")) {
            reader.add(line).ifPresent(command -> interpreter.execute(command, output));
        }
        return output.answer().substring(before);
    }

    @Test
    void canBeSetBeforeAnythingIsBooted() {
        assertThat(run("break start_kernel", "tbreak foo thread 2 if $rdi == 1", "hb tun:tun_open"))
                .isEqualTo("""
                        Breakpoint 1 at start_kernel (pending: nothing is booted)
                        Temporary breakpoint 2 at foo (pending: nothing is booted)
                        Hardware assisted breakpoint 3 at tun:tun_open (pending: nothing is booted)
                        """);
        assertThat(run("info breakpoints")).isEqualTo("""
                Num     Type           Disp Enb Address            What
                1       breakpoint     keep y   <PENDING>          start_kernel
                2       breakpoint     del  y   <PENDING>          foo
                	stop only if $rdi == 1
                	stop only in thread 2
                3       hw breakpoint  keep y   <PENDING>          tun:tun_open
                """);
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> run("break foo if")).hasMessage("break: a condition is missing after if");
        assertThatThrownBy(() -> run("break foo thread x")).hasMessage("Invalid thread ID: x");
        assertThatThrownBy(() -> run("ignore")).hasMessage("Argument required (a breakpoint number).");
        assertThatThrownBy(() -> run("delete 7")).hasMessage("No breakpoint number 7.");
        assertThatThrownBy(() -> run("delete x")).hasMessage("Bad breakpoint number 'x'");
        assertThat(run("info breakpoints")).isEqualTo("No breakpoints or watchpoints.\n");
    }

    @Test
    void commandsForABreakpointThatIsNotThereAreRefusedBeforeTheyAreTyped() {
        run("break foo");
        assertThat(interpreter.opening("commands 1")).startsWith("Type commands for breakpoint(s) 1,");
        assertThatThrownBy(() -> interpreter.opening("commands 99")).hasMessage("No breakpoint number 99.");
    }

    @Test
    void numbersInARowAreToldAsARange() {
        assertThat(BreakpointTable.ranges(List.of(1, 2, 3, 5, 8, 9))).isEqualTo("1-3 5 8-9");
        assertThat(BreakpointTable.ranges(List.of(1200))).isEqualTo("1200");
    }

    @Test
    void aNameMayBeginLikeAKeyword() {
        run("break iffy", "break thread_info if x", "break if_setup thread 1");
        assertThat(session.breakpoints().all())
                .extracting(one -> one.location() + "|" + one.spec().thread() + "|"
                        + one.spec().condition())
                .containsExactly("iffy|0|null", "thread_info|0|x", "if_setup|1|null");
    }

    @Test
    void isSwitchedIgnoredAndCountedAsInGdb() {
        run("break a", "break b", "break c", "disable 1-2", "enable 2", "enable once 3");
        assertThat(run("ignore 1 2", "ignore $bpnum 1", "ignore 2 0")).isEqualTo("""
                Will ignore next 2 crossings of breakpoint 1.
                Will ignore next crossing of breakpoint 3.
                Will stop next time breakpoint 2 is reached.
                """);
        run("enable count 4 1", "enable delete 2");
        assertThat(run("info breakpoints")).isEqualTo("""
                Num     Type           Disp Enb Address            What
                1       breakpoint     dis  y   <PENDING>          a
                	ignore next 2 hits
                	disable after additional 4 hits
                2       breakpoint     del  y   <PENDING>          b
                3       breakpoint     dis  y   <PENDING>          c
                	ignore next 1 hits
                """);
        assertThat(run("info breakpoints 3")).hasLineCount(3);
    }

    @Test
    void whatCanBeDeletedIsDeletedAndThenTheRestIsSaid() {
        run("break a", "break b");
        assertThatThrownBy(() -> run("delete 1 9 2")).hasMessage("No breakpoint number 9.");
        assertThat(session.breakpoints().all()).isEmpty();
    }

    @Test
    void whatIsSavedCanBeSourced() throws IOException {
        Path file = directory.resolve("saved");
        run("tbreak a thread 2 if 1", "hbreak b", "ignore 2 3", "disable 2");
        assertThat(run("save breakpoints " + file)).isEqualTo("Saved to file '%s'.%n".formatted(file));
        assertThat(Files.readString(file)).isEqualTo("""
                tbreak a thread 2
                  condition $bpnum 1
                hbreak b
                  ignore $bpnum 3
                disable $bpnum
                """);
        String before = run("info breakpoints");
        run("delete");
        run("source " + file);
        assertThat(run("info breakpoints"))
                .isEqualTo(before.replace("\n1 ", "\n3 ").replace("\n2 ", "\n4 "));
    }

    @Test
    void commandsAreKeptShownAndSaved() throws IOException {
        Path file = directory.resolve("saved");
        run(
                "break a",
                "break b",
                "commands 1\nsilent\n  print 1\nend",
                "commands\nprint 2\ncontinue\nend",
                "dprintf c,\"c %d\\n\", $rdi",
                "count d if $rdi");
        String table = run("info breakpoints");
        assertThat(table).isEqualTo("""
                Num     Type           Disp Enb Address            What
                1       breakpoint     keep y   <PENDING>          a
                        silent
                        print 1
                2       breakpoint     keep y   <PENDING>          b
                        print 2
                        continue
                3       dprintf        keep y   <PENDING>          c
                        printf "c %d\\n", $rdi
                4       counter        keep y   <PENDING>          d
                	stop only if $rdi
                """);
        run("save breakpoints " + file, "delete", "source " + file);
        assertThat(run("info breakpoints").replaceAll("(?m)^\\d", "N")).isEqualTo(table.replaceAll("(?m)^\\d", "N"));
        run("commands 5-6\nend");
        assertThat(session.breakpoints().require(6).commands()).isEmpty();
    }

    @Test
    void dprintfWantsAFormatThatFits() {
        assertThatThrownBy(() -> run("dprintf a")).hasMessage("Format string required");
        assertThatThrownBy(() -> run("dprintf a,\"%d\"")).hasMessage("printf: more directives than values");
        assertThatThrownBy(() -> run("dprintf a,\"x\",1")).hasMessage("printf: 1 values for 0 directives");
        assertThatThrownBy(() -> run("commands\nend")).hasMessage("No breakpoints specified.");
    }

    @Test
    void aBlockInAFileIsOneStatement() throws IOException {
        Path script = Files.writeString(
                directory.resolve("script"), "break a\ncommands\n  # not blank\n  silent\nend\ncommands 9\nend\n");
        assertThatThrownBy(() -> run("source " + script))
                .hasMessage(script + ":6: commands 9: No breakpoint number 9.");
        assertThat(session.breakpoints().require(1).commands()).containsExactly("# not blank", "silent");

        Path open = Files.writeString(directory.resolve("open"), "\ncommands 1\nsilent\n");
        assertThatThrownBy(() -> run("source " + open))
                .hasMessage(open + ":2: commands 1: the file ends before its end");
    }
}
