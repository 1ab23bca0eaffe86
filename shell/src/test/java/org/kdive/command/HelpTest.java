package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kdive.session.Session;

final class HelpTest {
    private final Session session = Session.open();
    private final RecordingOutput output = new RecordingOutput();
    private final Interpreter interpreter = new Interpreter(Language.verbs(), session, FrontEnd.UNATTENDED);

    @AfterEach
    void closeTheSession() {
        session.close();
    }

    @Test
    void listsEveryVerbUnderItsTopic() {
        interpreter.execute("help", output);
        assertThat(output.answer()).contains("Examining data\n", "  print            say it back\n");
        for (Command command : interpreter.table().all()) {
            assertThat(output.answer()).contains("  " + command.name());
        }
    }

    @Test
    void saysAllAboutOneVerb() {
        interpreter.execute("help p", output);
        assertThat(output.answer()).isEqualTo("print[/FORMAT] EXPRESSION\n  say it back\n  also: p\n");
    }

    @Test
    void saysAllAboutASecondWord() {
        interpreter.execute("help i reg", output);
        assertThat(output.answer()).isEqualTo("info registers [NAME]\n  show registers\n");
    }

    @Test
    void listsTheSecondWordsOfAVerb() {
        interpreter.execute("help info", output);
        assertThat(output.answer()).contains("  info registers   show registers\n");
    }

    @Test
    void listsATopic() {
        interpreter.execute("help scripts", output);
        assertThat(output.answer())
                .startsWith("Scripts and verdicts\n")
                .contains("  source")
                .doesNotContain("  print  ");
    }

    @Test
    void refusesWhatIsNeitherVerbNorTopic() {
        assertThatThrownBy(() -> interpreter.execute("help pirnt", output))
                .hasMessage("unknown command \"pirnt\"; did you mean print?");
    }

    @Test
    void aproposSearchesSecondWordsToo() {
        interpreter.execute("apropos REGISTERS", output);
        assertThat(output.answer()).endsWith("info registers   show registers\n");
        interpreter.execute("apropos zzz", output);
        assertThat(output.talk()).endsWith("apropos: no command mentions \"zzz\"\n");
    }

    @Test
    void rendersMarkdownTopicByTopic() {
        String page = Manual.markdown(interpreter.table());
        assertThat(page)
                .contains(
                        "\n## Examining data\n",
                        "\n### print\n\n```\nprint[/FORMAT] EXPRESSION\n```\n\nSay it back.\n");
        assertThat(page).contains("\n#### info registers\n");
        assertThat(page.indexOf("## Examining data")).isLessThan(page.indexOf("## The session"));
    }
}
