package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static QmpException refusal(String error) {
        return new QmpException(new QmpFailure.JobFailed("job", error, "snapshot-save"));
    }
}
