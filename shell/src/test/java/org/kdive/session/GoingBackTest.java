package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

final class GoingBackTest {
    @Test
    void aMountedShareIsNamed() {
        RuntimeException told = GoingBack.explained(
                refusal(
                        "Migration is disabled when VirtFS export path '/srv/share' is mounted in the guest using mount_tag 'tag0'"));

        assertThat(told)
                .isInstanceOf(SessionException.class)
                .hasMessageContaining("tag0")
                .hasMessageContaining("umount");
    }

    @Test
    void whateverElseQemuSaysStays() {
        QmpException other = refusal("No space left on device");

        assertThat(GoingBack.explained(other)).isSameAs(other);
    }

    @Test
    void whatCouldNotBeWrittenIsToldWithTheWayOut() {
        QmpException full = refusal("Error while writing VM state: Input/output error");

        assertThat(GoingBack.unsaved(full, "a", Optional.empty()))
                .hasMessageContaining("checkpoint a")
                .hasMessageContaining("make room");
    }

    private static QmpException refusal(String error) {
        return new QmpException(new QmpFailure.JobFailed("job", error, "snapshot-save"));
    }
}
