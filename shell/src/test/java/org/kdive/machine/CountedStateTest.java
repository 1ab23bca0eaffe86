package org.kdive.machine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of a state with some devices, as QEMU writes it. */
final class CountedStateTest {
    private static final String TIMER =
            field("cpu_ticks_offset", 8) + "," + field("unused", 8) + "," + field("clock", 8);
    private static final long TICKS = 26_000;
    private static final long CLOCK = 10_000;

    private final ByteArrayOutputStream state = new ByteArrayOutputStream();
    private final List<String> described = new ArrayList<>();

    private static String field(String name, int bytes) {
        return "{\"name\": \"%s\", \"type\": \"x\", \"size\": %d}".formatted(name, bytes);
    }

    private void device(int section, String name, String fields, byte[] contents) {
        state.write(4);
        state.writeBytes(words(section));
        state.write(name.length());
        state.writeBytes(name.getBytes(UTF_8));
        state.writeBytes(words(0, 2));
        state.writeBytes(contents);
        state.write(0x7e);
        state.writeBytes(words(section));
        described.add("{\"name\": \"%s\", \"instance_id\": 0, \"fields\": [%s]}".formatted(name, fields));
    }

    private static byte[] words(int... all) {
        ByteBuffer bytes = ByteBuffer.allocate(all.length * Integer.BYTES);
        Arrays.stream(all).forEach(bytes::putInt);
        return bytes.array();
    }

    private static byte[] longs(long... all) {
        ByteBuffer bytes = ByteBuffer.allocate(all.length * Long.BYTES);
        Arrays.stream(all).forEach(bytes::putLong);
        return bytes.array();
    }

    private byte[] whole() {
        byte[] json = "{\"page_size\": 4096, \"devices\": [%s]}"
                .formatted(String.join(", ", described))
                .getBytes(UTF_8);
        state.writeBytes(new byte[] {0, 6});
        state.writeBytes(words(json.length));
        state.writeBytes(json);
        return state.toByteArray();
    }

    @Test
    void theClockGoesOnWhereItStood() {
        state.writeBytes("RAM with \4 timer in it".getBytes(UTF_8));
        device(3, "timer", TIMER, longs(TICKS, 0, CLOCK));
        device(4, "serial", field("data", 3), new byte[] {1, 2, 3});
        byte[] before = whole();

        byte[] after = CountedState.converted(before);

        assertThat(after).hasSameSizeAs(before).startsWith("RAM with".getBytes(UTF_8));
        ByteBuffer expected = ByteBuffer.allocate(24 + 18 + 16 + 5);
        expected.put(longs(TICKS, 0, CLOCK)).put((byte) 5).put((byte) 12).put("timer/icount".getBytes(UTF_8));
        expected.put(words(1)).put(longs(CLOCK, 0)).put((byte) 0x7e).put(words(3));
        assertThat(after).containsSequence(expected.array());
        assertThat(after).containsSequence(1, 2, 3, 0x7e, 0, 0, 0, 4, 0, 6);
        // the description is found again, cut: nobody reads it any more
        assertThatThrownBy(() -> CountedState.converted(after)).hasMessageContaining("its description");
    }

    @Test
    void theTscIsWhatItWas() {
        device(3, "timer", TIMER, longs(TICKS, 0, CLOCK));
        String registers = "{\"name\": \"env.regs\", \"array_len\": 2, \"type\": \"x\", \"size\": 8}";
        device(5, "cpu", registers + "," + field("env.tsc_offset", 8), longs(7, 8, 100));

        assertThat(CountedState.converted(whole())).containsSequence(longs(7, 8, 100 + TICKS - CLOCK));
    }

    @Test
    void whatARecordingMachineDoesNotHaveIsLeftOut() {
        device(3, "timer", TIMER, longs(TICKS, 0, CLOCK));
        device(6, "kvm-tpr-opt", field("rom", 8), longs(0x1122334455667788L));
        byte[] before = whole();

        byte[] after = CountedState.converted(before);

        assertThat(after).hasSameSizeAs(before).containsSequence(longs(CLOCK, 0));
        assertThat(indexOf(after, longs(0x1122334455667788L))).isNegative();
    }

    private static int indexOf(byte[] all, byte[] part) {
        for (int at = 0; at + part.length <= all.length; at++) {
            if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void whatItDoesNotKnowIsRefused() {
        assertThatThrownBy(() -> CountedState.converted(new byte[0])).hasMessageContaining("no description");
        assertThatThrownBy(() -> CountedState.converted(whole())).hasMessageContaining("its timer");
        state.reset();
        // one that counts instructions already
        device(3, "timer", TIMER, longs(TICKS, 0, CLOCK, 1, 2));
        byte[] whole = whole();
        assertThatThrownBy(() -> CountedState.converted(whole)).hasMessageContaining("its timer");
        for (int cut = 0; cut < whole.length; cut++) {
            byte[] part = Arrays.copyOf(whole, cut);
            assertThatThrownBy(() -> CountedState.converted(part)).isInstanceOf(MachineException.class);
        }
    }
}
