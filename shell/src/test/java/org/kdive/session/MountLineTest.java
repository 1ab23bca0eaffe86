package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.machine.Share;

final class MountLineTest {
    private static final Share SHARE = new Share(Path.of("/srv"), "tag", Share.Access.MAPPED);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ # ",
                "boot\r\n# ",
                "\r\nroot@host:~# ",
                "bash-5.2$ ",
                "\u001b[1;32muser@host\u001b[0m:~\u001b[01;34m/x\u001b[0m$ \u001b[6n",
                "/ # [   12.345678] random: crng init done\r\n",
                "/ # \r\r\n/ # [    5.000001] pci 0000:01:00.0: x\r\n[    5.000002] 9p\r\n"
            })
    void aShellsPromptIsSeen(String output) {
        assertThat(MountLine.endsAtPrompt(output)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "login: ",
                "Password: ",
                "/ # ls",
                "(gdb) ",
                ">>> ",
                "> ",
                "=> ",
                "done\r\n",
                "/ # \r\n",
                "[    1.500000] a # "
            })
    void whatIsNoPromptOrNotAnEmptyOneIsLeftAlone(String output) {
        assertThat(MountLine.endsAtPrompt(output)).isFalse();
    }

    @Test
    void theEchoOfALineIsNoAnswer() {
        MountLine line = new MountLine("1f");
        for (String typed : List.of(line.proof(), line.mount(SHARE, true), line.unmount(SHARE))) {
            assertThat(line.answer("/ # " + typed.replace("\n", "\r\n"))).isEmpty();
        }
        assertThat(line.answer("/ # " + line.proof() + "kdive-1f ye")).isEmpty();
        assertThat(line.answer("kdive-1f yes\r\n/ # ")).contains(new MountLine.Answer(true, ""));
        assertThat(line.answer("kdive-1f no mount: No such device\r\n"))
                .contains(new MountLine.Answer(false, "mount: No such device"));
        assertThat(new MountLine("2f").answer("kdive-1f yes\r\n")).isEmpty();
    }

    @Test
    void aLineFitsATerminalsLine() {
        Share longest = new Share(Path.of("/srv"), "t".repeat(32), Share.Access.READ_ONLY);
        assertThat(new MountLine("0123456789abcdef").mount(longest, true))
                .hasSizeLessThan(1000)
                .startsWith(" ");
        assertThat(MountLine.byHand(longest)).contains("ro,trans=virtio").doesNotContain("\n");
    }

    @Test
    void qemuTellsWhatIsMounted() {
        assertThat(MountLine.mountedTags(List.of(
                        "Migration is disabled when VirtFS export path '/srv/a b' is mounted in the guest using mount_tag 'x'",
                        "something else")))
                .containsExactly("x");
    }
}
