package org.kdive.gdbrsp;

import java.time.Duration;

/** What went wrong, as data: branch on this, never on a message. */
public sealed interface RspFailure {
    /** One clause for a message: what the peer said or did. */
    String says();

    /** The stub answered {@code Enn}; {@code text} is what followed {@code E.}, or empty. */
    record StubError(int code, String text) implements RspFailure {
        @Override
        public String says() {
            return text.isEmpty() ? "stub replied E%02x".formatted(code) : "stub replied E." + text;
        }
    }

    /** The stub answered the empty packet, or did not offer the feature and was not asked. */
    record Unsupported(String packet) implements RspFailure {
        @Override
        public String says() {
            return "the stub does not support " + packet;
        }
    }

    /**
     * No answer in time. It closes the connection, since the answer could be taken for another's; but not to QEMU, whose late
     * answers are told from others.
     */
    record TimedOut(String waitingFor, Duration deadline) implements RspFailure {
        @Override
        public String says() {
            return "no answer to " + waitingFor + " within " + deadline.toMillis() + " ms";
        }
    }

    /** The peer closed the connection, or the connection broke. */
    record Disconnected(String detail) implements RspFailure {
        @Override
        public String says() {
            return "the stub closed the connection" + (detail.isEmpty() ? "" : ": " + detail);
        }
    }

    /** This side closed the connection: {@code close}, {@code detach} or {@code kill}. */
    record ClosedHere() implements RspFailure {
        @Override
        public String says() {
            return "the connection was closed here";
        }
    }

    /** Asked of a running target; nothing was sent, because QEMU halts the guest on any byte it receives. */
    record Running() implements RspFailure {
        @Override
        public String says() {
            return "the target is running";
        }
    }

    /** {@code address} is the first address of the range asked for that cannot be accessed. */
    record MemoryFault(long address) implements RspFailure {
        @Override
        public String says() {
            return "cannot access memory at 0x%x".formatted(address);
        }
    }

    /** The stub knows no thread of that id (spelled as on the wire). */
    record NoSuchThread(String thread) implements RspFailure {
        @Override
        public String says() {
            return "the stub has no thread " + thread;
        }
    }

    /** The peer does not speak the protocol, or answered what cannot be an answer. */
    record Protocol(String detail) implements RspFailure {
        @Override
        public String says() {
            return detail;
        }
    }

    /** No connection could be made. */
    record Unreachable(String endpoint, String detail) implements RspFailure {
        @Override
        public String says() {
            return "cannot connect to " + endpoint + ": " + detail;
        }
    }

    /** Longer than the stub accepts; not sent, because QEMU drops such a packet without a word. */
    record TooLong(int bytes, int limitBytes) implements RspFailure {
        @Override
        public String says() {
            return "the packet has " + bytes + " bytes, the stub accepts " + limitBytes;
        }
    }

    /** Refused here because it would bring client and stub out of step. */
    record Refused(String reason) implements RspFailure {
        @Override
        public String says() {
            return reason;
        }
    }
}
