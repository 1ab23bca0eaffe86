package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.kdive.session.SessionException;

final class PictureTest {
    private static byte[] ppm(String head, int... samples) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        for (int sample : samples) {
            file.write(sample);
        }
        return file.toByteArray();
    }

    private static final byte[] TWO_BY_TWO = ppm("P6\n2 2\n255\n", 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255);

    @Test
    void writesAPngThatOthersRead() throws IOException {
        BufferedImage image =
                ImageIO.read(new ByteArrayInputStream(Picture.ofPpm(TWO_BY_TWO).toPng()));
        assertThat(image.getWidth()).isEqualTo(2);
        assertThat(image.getRGB(0, 0)).isEqualTo(0xffff0000);
        assertThat(image.getRGB(1, 0)).isEqualTo(0xff00ff00);
        assertThat(image.getRGB(0, 1)).isEqualTo(0xff0000ff);
        assertThat(image.getRGB(1, 1)).isEqualTo(0xffffffff);
    }

    @Test
    void drawsTwoPixelsInOneCell() {
        List<String> lines = Picture.ofPpm(TWO_BY_TWO).toHalfBlocks(80);
        assertThat(lines).containsExactly("\u001b[38;5;196;48;5;21m\u2580\u001b[38;5;46;48;5;231m\u2580\u001b[0m");
    }

    @Test
    void shrinksToTheColumnsThereAre() {
        int[] black = new int[3 * 100 * 50];
        List<String> lines = Picture.ofPpm(ppm("P6\n100 50\n255\n", black)).toHalfBlocks(40);
        assertThat(lines).hasSize(10);
        assertThat(lines.get(0).chars().filter(c -> c == '\u2580')).hasSize(40);
    }

    @Test
    void refusesWhatIsNoPicture() {
        for (String head : List.of("", "P5\n2 2\n255\n", "P6\n0 2\n255\n", "P6\n99999 99999\n255\n", "P6\n2 2\n15\n")) {
            assertThatThrownBy(() -> Picture.ofPpm(ppm(head, 1, 2, 3))).isInstanceOf(SessionException.class);
        }
        byte[] whole = TWO_BY_TWO;
        for (int cut = 0; cut < whole.length; cut++) {
            byte[] part = java.util.Arrays.copyOf(whole, cut);
            assertThatThrownBy(() -> Picture.ofPpm(part)).isInstanceOf(SessionException.class);
        }
    }
}
