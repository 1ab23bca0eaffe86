package org.kdive.images.btf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kdive.images.ImageException;
import org.kdive.images.fuzz.TableReaders;

/** Records of any kind that refer to any other, and good blobs with bytes changed: an answer or an ImageException. */
final class BtfFuzz {
    @Test
    void endsOnRecordsThatReferToEachOtherAtRandom() {
        Random random = new Random(7);
        int printed = 0;
        for (int round = 0; round < 3000; round++) {
            printed += readAll(randomBlob(random).toArray());
        }
        assertThat(printed).isGreaterThan(1000);
    }

    @Test
    void survivesChangedBytes() {
        Random random = new Random(8);
        for (int round = 0; round < 3000; round++) {
            byte[] blob = randomBlob(random).toArray();
            for (int i = random.nextInt(6); i >= 0; i--) {
                blob[random.nextInt(blob.length)] = (byte) random.nextInt(256);
            }
            readAll(blob);
        }
    }

    private static BtfBuilder randomBlob(Random random) {
        BtfBuilder builder = BtfBuilder.little();
        int count = 1 + random.nextInt(24);
        for (int i = 0; i < count; i++) {
            int kind = 1 + random.nextInt(19);
            int vlen = random.nextInt(8);
            int[] trailer = new int[(int) BtfKind.trailerBytes(kind, vlen) / 4];
            for (int word = 0; word < trailer.length; word++) {
                trailer[word] = random.nextInt(count + 2);
            }
            String name = random.nextBoolean() ? "" : "t" + random.nextInt(5);
            builder.add(kind, random.nextBoolean(), vlen, name, random.nextInt(count + 2), trailer);
        }
        return builder;
    }

    private static int readAll(byte[] blob) {
        try {
            return TableReaders.btfTypes(blob);
        } catch (ImageException expected) {
            return 0;
        }
    }
}
