package org.kdive.machine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.kdive.images.disk.Qcow2State;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpValue;

/**
 * Makes of the saved state of a machine with the host's clocks that of one that counts its instructions, so that its time
 * goes on where it stood. The state ends with a device after the other and a description of what is in each: QEMU,
 * migration/savevm.c, qemu_savevm_state_complete_precopy_non_iterable.
 *
 * <pre>
 * RAM | 04 section u32, length u8, name, instance u32, version u32 | fields | subsections | 7e section u32   for each device
 *     | 00 | 06 length u32, description in JSON
 * </pre>
 */
final class CountedState {
    private static final int MOST_BYTES = 16 << 20; // of devices; RAM lies before them
    private static final byte SECTION_FULL = 4;
    private static final byte SUBSECTION = 5;
    private static final byte DESCRIPTION = 6;
    private static final byte FOOTER = 0x7e;
    private static final int FOOTER_BYTES = 5;

    // softmmu/cpu-timers.c, vmstate_timers: ticks of the TSC, unused, nanoseconds of the virtual clock
    private static final String TIMER = "timer";
    private static final String INSTRUCTIONS = "timer/icount";
    private static final int TIMER_BYTES = 24;
    // target/i386/machine.c: what is added to the time that the guest sees as its TSC
    private static final String CPU = "cpu";
    private static final String TSC_OFFSET = "env.tsc_offset";
    /** Made for the 32-bit Windows of old; a machine that is recorded has none: see QemuCommandLine. */
    private static final Set<String> LEFT_OUT = Set.of("kvm-tpr-opt");

    private final byte[] tail; // of the state
    private final int description; // where it begins
    private final Deque<Section> sections = new ArrayDeque<>();

    /** A device, in the tail: where its section begins, where its fields do, and where it ends, its footer included. */
    private record Section(QmpValue device, int begin, int fields, int end) {
        String name() {
            return device.text("name");
        }
    }

    private CountedState(byte[] tail) {
        this.tail = tail;
        this.description = findDescription();
        int length = tail.length - description - 2 - Integer.BYTES;
        String json = new String(tail, tail.length - length, length, StandardCharsets.UTF_8);
        int end = description;
        try {
            List<QmpValue> devices = QmpValue.parse(json).list("devices");
            for (int i = devices.size() - 1; i >= 0; i--) {
                Section section = find(devices.get(i), end);
                sections.addFirst(section);
                end = section.begin();
            }
        } catch (QmpException e) {
            throw unknown("its description: " + e.getMessage());
        }
    }

    /** Throws NotRecordable when the state is not as this class knows it. */
    static void convert(Path image, String tag) {
        try (Qcow2State state = Qcow2State.open(image, tag)) {
            int length = (int) Math.min(state.size(), MOST_BYTES);
            state.write(state.size() - length, converted(state.read(state.size() - length, length)));
        }
    }

    /** The same for the end of a state; as long as it was. */
    static byte[] converted(byte[] tail) {
        return new CountedState(tail).converted();
    }

    // JSON has no zeros, so that nothing in it looks like its beginning
    private int findDescription() {
        for (int at = tail.length - 2 - Integer.BYTES; at >= 0; at--) {
            if (tail[at] == 0 && tail[at + 1] == DESCRIPTION && word(at + 2) == tail.length - at - 2 - Integer.BYTES) {
                return at;
            }
        }
        throw unknown("no description");
    }

    // the last place before the next section that looks like it, and whose number is in the footer there
    private Section find(QmpValue device, int end) {
        byte[] name = device.text("name").getBytes(StandardCharsets.UTF_8);
        ByteBuffer header = ByteBuffer.allocate(1 + name.length + Integer.BYTES);
        header.put((byte) name.length).put(name).putInt((int) device.number("instance_id"));
        int headerAt = 1 + Integer.BYTES;
        int fieldsAt = headerAt + header.capacity() + Integer.BYTES;
        for (int at = end - FOOTER_BYTES - fieldsAt; at >= 0 && tail[end - FOOTER_BYTES] == FOOTER; at--) {
            if (tail[at] == SECTION_FULL
                    && word(at + 1) == word(end - Integer.BYTES)
                    && Arrays.equals(
                            tail,
                            at + headerAt,
                            at + headerAt + header.capacity(),
                            header.array(),
                            0,
                            header.capacity())) {
                return new Section(device, at, at + fieldsAt, end);
            }
        }
        throw unknown("its " + device.text("name"));
    }

    private byte[] converted() {
        Section timer = sections.stream()
                .filter(one -> one.name().equals(TIMER))
                .filter(one -> one.end() - one.fields() == TIMER_BYTES + FOOTER_BYTES)
                .findFirst()
                .orElseThrow(() -> unknown("its timer"));
        long ticks = number(timer.fields());
        long clock = number(timer.fields() + 2 * Long.BYTES);
        ByteArrayOutputStream out = new ByteArrayOutputStream(tail.length);
        out.write(tail, 0, sections.getFirst().begin());
        for (Section section : sections) {
            if (section.name().equals(TIMER)) {
                out.write(tail, section.begin(), section.fields() + TIMER_BYTES - section.begin());
                out.writeBytes(instructionsFrom(clock));
                out.write(tail, section.end() - FOOTER_BYTES, FOOTER_BYTES);
            } else if (!LEFT_OUT.contains(section.name())) {
                byte[] whole = Arrays.copyOfRange(tail, section.begin(), section.end());
                if (section.name().equals(CPU)) {
                    moveTsc(ByteBuffer.wrap(whole), section, ticks - clock);
                }
                out.writeBytes(whole);
            }
        }
        return described(out);
    }

    /** No instruction executed, and a clock that was at that time before the first. */
    private static byte[] instructionsFrom(long clock) {
        byte[] name = INSTRUCTIONS.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(2 + name.length + Integer.BYTES + 2 * Long.BYTES);
        bytes.put(SUBSECTION).put((byte) name.length).put(name).putInt(1);
        return bytes.putLong(clock).putLong(0).array();
    }

    // the TSC counts the virtual clock's nanoseconds from now on: it must not go back, nor jump
    private static void moveTsc(ByteBuffer cpu, Section section, long forwards) {
        int at = section.fields() - section.begin();
        for (QmpValue field : section.device().list("fields")) {
            if (field.text("name").equals(TSC_OFFSET)) {
                cpu.putLong(at, cpu.getLong(at) + forwards);
                return;
            }
            int count = field.find("array_len").map(QmpValue::number).orElse(1L).intValue();
            at = Math.addExact(at, Math.multiplyExact(count, (int) field.number("size")));
        }
    }

    // who loads it passes over the description, whatever it says: it is as long as makes the whole as long as before
    private byte[] described(ByteArrayOutputStream out) {
        int length = tail.length - out.size() - 2 - Integer.BYTES;
        byte[] text = new byte[length];
        Arrays.fill(text, (byte) ' ');
        System.arraycopy(
                tail, description + 2 + Integer.BYTES, text, 0, Math.min(length, tail.length - description - 6));
        out.writeBytes(ByteBuffer.allocate(2 + Integer.BYTES)
                .put((byte) 0)
                .put(DESCRIPTION)
                .putInt(length)
                .array());
        out.writeBytes(text);
        return out.toByteArray();
    }

    private int word(int at) {
        return ByteBuffer.wrap(tail).getInt(at);
    }

    private long number(int at) {
        return ByteBuffer.wrap(tail).getLong(at);
    }

    private static MachineException unknown(String what) {
        return new MachineException(
                "record: this QEMU saves a machine in a way that kdive does not know (%s); record again DIR boots it anew"
                        .formatted(what),
                new MachineFailure.NotRecordable(what));
    }
}
