package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kdive.session.Session;
import org.kdive.session.SessionException;

/** Commands that take lines: if, while, define, document, alias. */
final class BlocksTest {
    private final Session session = Session.open();
    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);

    @AfterEach
    void closeTheSession() {
        session.close();
    }

    @Test
    void aBlockIsWholeAtItsOwnEnd() {
        BlockReader reader = interpreter.reader();
        assertThat(reader.add("print 1")).contains("print 1");
        assertThat(reader.add("while 1")).isEmpty();
        assertThat(reader.add("  if 2")).isEmpty();
        assertThat(reader.depth()).isEqualTo(2);
        assertThat(reader.unfinished()).contains("while 1");
        assertThat(reader.add("  end ")).isEmpty();
        assertThat(reader.add("end")).contains("while 1\n  if 2\n  end ");
        assertThat(reader.depth()).isZero();
        assertThat(reader.unfinished()).isEmpty();
    }

    @Test
    void textHasNoBlocksInIt() {
        BlockReader reader = interpreter.reader();
        assertThat(reader.add("document x")).isEmpty();
        assertThat(reader.add("if it rains")).isEmpty();
        assertThat(reader.add("end")).contains("document x\nif it rains");
    }

    @Test
    void whatIsForgottenDoesNotComeBack() {
        BlockReader reader = interpreter.reader();
        assertThat(reader.add("if 1")).isEmpty();
        reader.forget();
        assertThat(reader.add("print 2")).contains("print 2");
    }

    @Test
    void ifChoosesItsBranch() {
        assertThat(run("if 1 < 2", "echo yes", "else", "echo no", "end")).isEqualTo("yes");
        assertThat(run("if 1 > 2", "echo yes", "else", "echo no", "end")).isEqualTo("no");
        assertThat(run("if 0", "echo yes", "end")).isEmpty();
    }

    @Test
    void anElseBelongsToItsOwnIf() {
        assertThat(run("if 1", "if 0", "echo a", "else", "echo b", "end", "else", "echo c", "end"))
                .isEqualTo("b");
    }

    @Test
    void whileCountsAndCanBeLeft() {
        assertThat(run(
                        "set $i = 0",
                        "while $i < 10",
                        "set $i = $i + 1",
                        "if $i == 2",
                        "loop_continue",
                        "end",
                        "if $i == 5",
                        "loop_break",
                        "end",
                        "printf \"%d \", $i",
                        "end"))
                .isEqualTo("1 3 4 ");
        assertThatThrownBy(() -> run("loop_break")).hasMessage("loop_break: no while is under way");
    }

    @Test
    void aDefinitionTakesWords() {
        assertThat(run("define sum", "printf \"%d of %d\\n\", $arg0 + $arg1, $argc", "end", "sum 1 2"))
                .isEqualTo("3 of 2\n");
        assertThat(run("define say", "echo $arg0", "end", "say \"a b\"")).isEqualTo("\"a b\"");
        assertThatThrownBy(() -> run("sum 1")).hasMessage("sum: $arg1 is not given");
    }

    @Test
    void aDefinitionThatCallsItselfForEverEnds() {
        assertThatThrownBy(() -> run("define again", "again", "end", "again"))
                .isInstanceOf(SessionException.class)
                .hasMessage("again: commands call each other 256 deep");
    }

    @Test
    void aDocumentIsHelp() {
        assertThat(run(
                        "define hello",
                        "echo hi",
                        "end",
                        "document hello",
                        "Say it.",
                        "More of it.",
                        "end",
                        "help hello"))
                .contains("Say it.")
                .contains("More of it.");
        assertThatThrownBy(() -> run("document nobody", "x", "end")).hasMessage("document nobody: define it first");
        assertThat(run("user hello")).isEqualTo("User command \"hello\":\n  echo hi\n\n");
    }

    @Test
    void aDefinitionIsShownAsGdbIndentsIt() {
        run("define both", "if $argc == 1", "while 0", "print 1", "end", "else", "print 2", "end", "end");
        assertThat(run("user both")).isEqualTo("""
                User command "both":
                  if $argc == 1
                    while 0
                      print 1
                    end
                  else
                    print 2
                  end

                """);
        assertThatThrownBy(() -> run("user print")).hasMessage("print is not a user-defined command");
        assertThatThrownBy(() -> run("user nosuch")).hasMessageContaining("unknown command");
    }

    @Test
    void anAliasPassesWhatFollows() {
        assertThat(run("alias hexa = print/x", "hexa 16")).isEqualTo("$1 = 0x10\n");
        assertThat(run("alias pr2 = print", "pr2/t 5")).isEqualTo("$2 = 101\n");
        assertThatThrownBy(() -> run("alias x1 = nosuchverb")).hasMessageStartingWith("unknown command");
    }

    private String run(String... lines) {
        RecordingOutput output = new RecordingOutput();
        BlockReader reader = interpreter.reader();
        for (String line : lines) {
            Optional<String> command = reader.add(line);
            command.ifPresent(whole -> interpreter.execute(whole, output));
        }
        return output.answer();
    }
}
