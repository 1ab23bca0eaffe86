package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QmpListenerTest {
    @TempDir
    private Path directory;

    @Test
    void closedBeforeAnybodyCameLeavesNothingBehind() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("qmp"));
        QmpListener listener = QmpClient.listen(address);
        assertThat(directory.resolve("qmp")).exists();
        listener.close();
        listener.close();
        assertThat(directory.resolve("qmp")).doesNotExist();
        assertThat(QmpClientTest.failureOf(listener.accept())).isInstanceOf(QmpFailure.Closed.class);
    }

    @Test
    void aPeerThatHangsUpAtOnceIsADisconnection() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("qmp"));
        try (QmpListener listener = QmpClient.listen(address)) {
            SocketChannel.open(address).close();
            assertThat(QmpClientTest.failureOf(listener.accept())).isInstanceOf(QmpFailure.Disconnected.class);
        }
    }

    @Test
    void cannotListenWhereThereIsNoDirectory() {
        assertUnreachable(directory.resolve("absent/qmp"), "cannot listen: No such file or directory");
    }

    @Test
    void cannotListenOnAPathThatIsTooLong() {
        assertUnreachable(directory.resolve("x".repeat(120)), "a unix socket allows 107");
    }

    @Test
    void cannotListenTwiceOnOnePath() {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("qmp"));
        try (QmpListener first = QmpClient.listen(address)) {
            assertUnreachable(address.getPath(), "cannot listen: Address already in use");
            assertThat(first.accept()).isNotDone();
            assertThat(directory.resolve("qmp")).exists();
        }
    }

    private static void assertUnreachable(Path path, String why) {
        assertThatThrownBy(() -> QmpClient.listen(UnixDomainSocketAddress.of(path)))
                .isInstanceOfSatisfying(
                        QmpException.class, e -> assertThat(e.failure()).isInstanceOf(QmpFailure.Unreachable.class))
                .hasMessageContaining(why);
    }
}
