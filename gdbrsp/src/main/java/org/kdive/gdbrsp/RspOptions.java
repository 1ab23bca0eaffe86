package org.kdive.gdbrsp;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to speak to a stub. Start from {@link #defaults} and change what differs.
 *
 * @param connectTimeout for the connection and the whole handshake
 * @param requestDeadline for the answer to one packet, counted from when it is the oldest one unanswered
 * @param interruptDeadline for the stop reply after an interrupt
 * @param offerMultiprocess whether thread ids may carry a process; QEMU needs it for machines with CPU clusters
 * @param askWhyHalted whether the handshake asks {@code ?}. gdbserver wants it; QEMU drops the breakpoints that an
 *     earlier client left on one vCPU when it hears it
 * @param pipelineDepth how many packets may be unanswered at once; 0 chooses by what the stub is: QEMU takes 64,
 *     anything else gets one at a time, as KGDB loses what comes before it has its acknowledgement
 * @param defaultPacketSize bytes, for a stub that does not tell; 400 is KGDB's buffer on 32-bit arm, the smallest known
 * @param registersAtStops whether the registers of a thread that reports a trap are asked for at once, by the event loop:
 *     the first {@link RspClient#readRegisters} of that thread joins the answer
 * @param fallbackDescription registers of a stub that does not describe its target; null for none
 */
public record RspOptions(
        Duration connectTimeout,
        Duration requestDeadline,
        Duration interruptDeadline,
        boolean offerMultiprocess,
        boolean askWhyHalted,
        int pipelineDepth,
        int defaultPacketSize,
        boolean registersAtStops,
        @Nullable TargetDescription fallbackDescription) {
    private static final int SMALLEST_PACKET = 64;

    public RspOptions {
        if (pipelineDepth < 0 || defaultPacketSize < SMALLEST_PACKET) {
            throw new IllegalArgumentException(
                    "pipeline depth " + pipelineDepth + ", default packet size " + defaultPacketSize);
        }
    }

    public static RspOptions defaults() {
        return new RspOptions(
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                true,
                false,
                0,
                400,
                false,
                null);
    }

    public RspOptions withConnectTimeout(Duration timeout) {
        return new RspOptions(
                timeout,
                requestDeadline,
                interruptDeadline,
                offerMultiprocess,
                askWhyHalted,
                pipelineDepth,
                defaultPacketSize,
                registersAtStops,
                fallbackDescription);
    }

    public RspOptions withRequestDeadline(Duration deadline) {
        return new RspOptions(
                connectTimeout,
                deadline,
                interruptDeadline,
                offerMultiprocess,
                askWhyHalted,
                pipelineDepth,
                defaultPacketSize,
                registersAtStops,
                fallbackDescription);
    }

    public RspOptions withInterruptDeadline(Duration deadline) {
        return new RspOptions(
                connectTimeout,
                requestDeadline,
                deadline,
                offerMultiprocess,
                askWhyHalted,
                pipelineDepth,
                defaultPacketSize,
                registersAtStops,
                fallbackDescription);
    }

    public RspOptions withMultiprocess(boolean offer) {
        return new RspOptions(
                connectTimeout,
                requestDeadline,
                interruptDeadline,
                offer,
                askWhyHalted,
                pipelineDepth,
                defaultPacketSize,
                registersAtStops,
                fallbackDescription);
    }

    public RspOptions withAskWhyHalted(boolean ask) {
        return new RspOptions(
                connectTimeout,
                requestDeadline,
                interruptDeadline,
                offerMultiprocess,
                ask,
                pipelineDepth,
                defaultPacketSize,
                registersAtStops,
                fallbackDescription);
    }

    public RspOptions withPipelineDepth(int depth) {
        return new RspOptions(
                connectTimeout,
                requestDeadline,
                interruptDeadline,
                offerMultiprocess,
                askWhyHalted,
                depth,
                defaultPacketSize,
                registersAtStops,
                fallbackDescription);
    }

    public RspOptions withRegistersAtStops(boolean ahead) {
        return new RspOptions(
                connectTimeout,
                requestDeadline,
                interruptDeadline,
                offerMultiprocess,
                askWhyHalted,
                pipelineDepth,
                defaultPacketSize,
                ahead,
                fallbackDescription);
    }

    public RspOptions withFallbackDescription(TargetDescription description) {
        return new RspOptions(
                connectTimeout,
                requestDeadline,
                interruptDeadline,
                offerMultiprocess,
                askWhyHalted,
                pipelineDepth,
                defaultPacketSize,
                registersAtStops,
                description);
    }
}
