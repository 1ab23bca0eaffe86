package org.kdive.machine;

/**
 * An x86 processor could not deliver an exception, nor the exception about that; it reset the machine. What it held then is
 * gone from the machine, and was written down by QEMU.
 *
 * @param cpu from 0
 * @param pc the instruction that it could not get past
 * @param sp its stack pointer
 * @param faultAddress CR2, the last address that no page had
 * @param idtBytes how long its table of handlers was, less one: 0 means that the reset was wanted. A firmware and a kernel
 *     take the handlers away to reset the machine
 */
public record TripleFault(int cpu, long pc, long sp, long faultAddress, int idtBytes) {
    public boolean isWanted() {
        return idtBytes == 0;
    }
}
