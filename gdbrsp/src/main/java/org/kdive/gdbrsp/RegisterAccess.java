package org.kdive.gdbrsp;

import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.kdive.gdbrsp.wire.Hex;
import org.kdive.gdbrsp.wire.Request;
import org.kdive.gdbrsp.wire.RspLink;

/** Registers, all at once or one by one. */
final class RegisterAccess {
    private final RspLink link;
    private final TargetDescription description;

    RegisterAccess(RspLink link, TargetDescription description) {
        this.link = link;
        this.description = description;
    }

    CompletableFuture<Registers> readAll(ThreadId thread) {
        return link.submit(Request.of("read registers", "g", answer -> Registers.cut(description, answer.payload()))
                        .on(thread.wire()))
                .result();
    }

    CompletableFuture<byte[]> read(ThreadId thread, Register register) {
        String doing = "read register " + register.name();
        return link.submit(Request.of(doing, "p" + Integer.toHexString(register.number()), answer -> {
                            byte[] bytes = Hex.bytes(answer.text());
                            if (bytes.length != register.sizeBytes()) {
                                throw new IllegalArgumentException(
                                        bytes.length + " bytes instead of " + register.sizeBytes());
                            }
                            return bytes;
                        })
                        .on(thread.wire()))
                .result();
    }

    /**
     * All that these registers hold. One by one on x86 under QEMU: its {@code G} takes other widths than {@code g} gives
     * outside 64-bit code, and all registers behind would shift (target/i386/gdbstub.c, gdb_write_reg_cs64, 7.2 to 10.2).
     */
    CompletableFuture<Void> writeAll(ThreadId thread, Registers registers, boolean oneByOne) {
        Optional<String> whole = oneByOne ? Optional.empty() : registers.hex();
        if (whole.isPresent()) {
            return Request.done(
                    link.submit(Request.ok("write registers", "G" + whole.get()).on(thread.wire()))
                            .result());
        }
        CompletableFuture<?>[] writes = registers.present().stream()
                .map(register -> write(
                        thread, register, registers.findBytes(register.name()).orElseThrow()))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(writes);
    }

    CompletableFuture<Void> write(ThreadId thread, Register register, byte[] targetOrder) {
        if (targetOrder.length != register.sizeBytes()) {
            throw new IllegalArgumentException("register " + register.name() + " has " + register.sizeBytes()
                    + " bytes, not " + targetOrder.length);
        }
        String packet = "P%x=%s".formatted(register.number(), Hex.text(targetOrder));
        return Request.done(link.submit(
                        Request.ok("write register " + register.name(), packet).on(thread.wire()))
                .result());
    }

    /** By {@code P}, and by {@code G} where the stub has no P. */
    CompletableFuture<Void> writeSomehow(ThreadId thread, Register register, byte[] targetOrder) {
        return write(thread, register, targetOrder)
                .handle((done, thrown) -> thrown == null ? null : RspException.from(thrown))
                .thenCompose(failure -> failure == null
                        ? CompletableFuture.<Void>completedFuture(null)
                        : failure.failure() instanceof RspFailure.Unsupported
                                ? writeAmongAll(thread, register, targetOrder)
                                : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Void> writeAmongAll(ThreadId thread, Register register, byte[] targetOrder) {
        return readAll(thread).thenCompose(all -> {
            BigInteger value = Registers.unsigned(targetOrder, description.byteOrder());
            return writeAll(thread, all.with(register.name(), value), false);
        });
    }
}
