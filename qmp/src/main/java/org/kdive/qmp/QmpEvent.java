package org.kdive.qmp;

import java.time.DateTimeException;
import java.time.Instant;

/** Something QEMU said unasked. {@code data} is the empty object if the event has none; {@code time} is the host's clock. */
public record QmpEvent(String name, QmpValue data, Instant time) {
    /** Reads an event message. */
    public static QmpEvent read(QmpValue message) {
        Instant time = message.find("timestamp").map(QmpEvent::readTime).orElse(Instant.EPOCH);
        return new QmpEvent(message.text("event"), message.find("data").orElse(QmpValue.empty()), time);
    }

    // QEMU reports seconds -1 when it could not read its clock; that is before 1970 and harmless here.
    private static Instant readTime(QmpValue stamp) {
        try {
            long nanos = Math.multiplyExact(stamp.number("microseconds"), 1000L);
            return Instant.ofEpochSecond(stamp.number("seconds"), nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new QmpException(new QmpFailure.Mismatch("a time", stamp.toJson()), e);
        }
    }
}
