package org.kdive.images.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.ImageException;

/** Of an image with a disk and one snapshot that has the disk's clusters. */
final class Qcow2SnapshotTest {
    private static final int CLUSTER = 1 << 16;

    @TempDir
    private Path work;

    private Path image;
    private ByteBuffer bytes;

    @BeforeEach
    void withASnapshot() throws IOException {
        byte[] disk = new byte[4 * CLUSTER];
        disk[0] = 1;
        disk[3 * CLUSTER] = 2;
        image = work.resolve("image.qcow2");
        Qcow2Writer.convert(Files.write(work.resolve("raw"), disk), image);
        byte[] plain = Files.readAllBytes(image);
        bytes = ByteBuffer.allocate(plain.length + CLUSTER).put(plain);
        byte[] name = "then".getBytes(StandardCharsets.UTF_8);
        bytes.position(plain.length);
        bytes.putLong(bytes.getLong(40)).putInt(bytes.getInt(36)); // the active L1 table is the snapshot's, too
        bytes.putShort((short) 1).putShort((short) name.length);
        bytes.putInt(0).putInt(0).putLong(0).putInt(0).putInt(0);
        bytes.put((byte) '1').put(name);
        bytes.putInt(60, 1).putLong(64, plain.length);
        Files.write(image, bytes.array());
    }

    @Test
    void whatTheSnapshotHadIsThereAndNothingElse() throws IOException {
        Path alone = work.resolve("alone");

        Qcow2Snapshot.extract(image, "then", alone);

        ByteBuffer made = ByteBuffer.wrap(Files.readAllBytes(alone));
        assertThat(made.getInt(60)).isEqualTo(1);
        assertThat(made.getLong((int) made.getLong(40))).isZero(); // the active disk is empty
        int l1 = (int) made.getLong((int) made.getLong(64));
        int l2 = (int) made.getLong(l1);
        assertThat(made.get((int) made.getLong(l2))).isEqualTo((byte) 1);
        assertThat(made.getLong(l2 + 8)).isZero();
        assertThat(made.get((int) made.getLong(l2 + 24))).isEqualTo((byte) 2);
        assertThat(made.capacity()).isEqualTo(9 * CLUSTER);
        assertThatCode(() -> Qcow2Snapshot.requireAlone(alone)).doesNotThrowAnyException();
        Path again = work.resolve("again");
        Qcow2Snapshot.extract(alone, "then", again);
        assertThat(again).hasSameBinaryContentAs(alone);
    }

    @Test
    void aSnapshotThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> Qcow2Snapshot.extract(image, "other", work.resolve("x")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("no snapshot other");
    }

    @Test
    void anImageThatNamesOtherFilesIsRefused() throws IOException {
        refused(8, 512); // a backing file
        refused(72, 4); // its data elsewhere: docs/interop/qcow2.txt, incompatible features
        refused(72, 1L << 40);
    }

    private void refused(int at, long value) throws IOException {
        long before = bytes.getLong(at);
        Files.write(image, bytes.putLong(at, value).array());
        assertThatThrownBy(() -> Qcow2Snapshot.requireAlone(image)).hasMessageContaining("other files");
        bytes.putLong(at, before);
    }

    @Test
    void garbageIsRefusedAndNothingElseHappens() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        int tables = (int) bytes.getLong(40);
        for (int i = 0; i < 300; i++) {
            byte[] broken = bytes.array().clone();
            int near = switch (i % 4) {
                case 0 -> random.nextInt(104);
                case 1 -> tables + random.nextInt(16);
                case 2 -> tables + CLUSTER + random.nextInt(64);
                default -> (int) bytes.getLong(64) + random.nextInt(48);
            };
            broken[near] = (byte) random.nextInt();
            Files.write(image, broken);
            try {
                Qcow2Snapshot.extract(image, "then", work.resolve("out"));
                assertThat(Files.size(work.resolve("out"))).isLessThan(64L << 20);
            } catch (ImageException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
    }
}
