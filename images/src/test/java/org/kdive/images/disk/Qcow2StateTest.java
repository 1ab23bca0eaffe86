package org.kdive.images.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.ImageException;

/** Of an image of one cluster's disk and a state of a cluster and ten bytes, whose clusters lie the wrong way round. */
final class Qcow2StateTest {
    private static final int CLUSTER = 1 << 16;
    private static final int L1 = 2 * CLUSTER;
    private static final int L2 = 3 * CLUSTER;
    private static final int SECOND = 4 * CLUSTER;
    private static final int FIRST = 5 * CLUSTER;

    @TempDir
    private Path work;

    private Path image;
    private final ByteBuffer bytes = ByteBuffer.allocate(6 * CLUSTER);

    @BeforeEach
    void withAState() throws IOException {
        image = work.resolve("image.qcow2");
        bytes.putInt(0, Qcow2Writer.MAGIC).putInt(4, 3).putInt(20, 16).putLong(24, CLUSTER);
        bytes.putInt(60, 1).putLong(64, CLUSTER);
        bytes.position(CLUSTER).putLong(L1).putInt(2).putShort((short) 1).putShort((short) 4);
        bytes.position(CLUSTER + 32).putInt(0).putInt(16).putLong(CLUSTER + 10).putLong(0);
        bytes.put((byte) '1').put("then".getBytes(StandardCharsets.UTF_8));
        bytes.putLong(L1 + 8, L2).putLong(L2, FIRST).putLong(L2 + 8, SECOND);
        bytes.put(FIRST + CLUSTER - 1, (byte) 1).put(SECOND, (byte) 2).put(SECOND + 9, (byte) 3);
        Files.write(image, bytes.array());
    }

    @Test
    void itIsOnePieceWhereverItLies() throws IOException {
        try (Qcow2State state = Qcow2State.open(image, "then")) {
            assertThat(state.size()).isEqualTo(CLUSTER + 10);
            assertThat(state.read(CLUSTER - 1, 2)).containsExactly(1, 2);
            assertThat(state.read(CLUSTER + 9, 1)).containsExactly(3);
            state.write(CLUSTER - 1, new byte[] {8, 9});
            assertThat(state.read(CLUSTER - 1, 2)).containsExactly(8, 9);
        }
        byte[] file = Files.readAllBytes(image);
        assertThat(file[FIRST + CLUSTER - 1]).isEqualTo((byte) 8);
        assertThat(file[SECOND]).isEqualTo((byte) 9);
    }

    @Test
    void nothingBeyondItIsReadOrWritten() throws IOException {
        try (Qcow2State state = Qcow2State.open(image, "then")) {
            assertThatThrownBy(() -> state.read(CLUSTER, 11)).isInstanceOf(ImageException.class);
            assertThatThrownBy(() -> state.read(-1, 1)).isInstanceOf(ImageException.class);
            assertThatThrownBy(() -> state.write(CLUSTER + 10, new byte[1])).isInstanceOf(ImageException.class);
        }
        Files.write(image, bytes.putLong(L2 + 8, 0).array());
        try (Qcow2State state = Qcow2State.open(image, "then")) {
            assertThatThrownBy(() -> state.read(CLUSTER, 1)).hasMessageContaining("a hole");
        }
        Files.write(image, bytes.putLong(L2 + 8, 1L << 40).array());
        try (Qcow2State state = Qcow2State.open(image, "then")) {
            assertThatThrownBy(() -> state.read(CLUSTER, 1)).isInstanceOf(ImageException.class);
        }
        assertThatThrownBy(() -> Qcow2State.open(image, "now")).hasMessageContaining("no snapshot now");
    }
}
