package org.kdive.session;

import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;
import org.kdive.images.arch.PageTables;
import org.kdive.images.arch.Translation;
import org.kdive.machine.GuestMemory;
import org.kdive.machine.MachineException;
import org.kdive.machine.MachineFailure;

/**
 * A stopped thread's virtual memory without the stub: its page tables, walked in the guest's own RAM. Empty answers mean
 * "ask the stub": no paging, or a place that is mapped and is no RAM of ours. Devices are never read.
 */
final class MappedMemory {
    private final PageTables tables;
    private final Memory ram;

    private MappedMemory(PageTables tables, Memory ram) {
        this.tables = tables;
        this.ram = ram;
    }

    /** Empty where the processor does not translate, or kdive does not walk its tables. */
    static Optional<MappedMemory> of(RegisterFile registers, Architecture architecture, GuestMemory guest) {
        Memory ram = physical(guest);
        return tables(registers, architecture, ram).map(tables -> new MappedMemory(tables, ram));
    }

    private static Optional<PageTables> tables(RegisterFile registers, Architecture architecture, Memory ram) {
        return switch (architecture) {
            case X86_64 -> x86(registers, ram);
            case ARM64 -> arm64(registers, ram);
            case RISCV64 ->
                registers.number("satp").stream()
                        .filter(satp -> satp != 0)
                        .mapToObj(satp -> PageTables.riscv64(satp, ram))
                        .findFirst();
            default -> Optional.empty();
        };
    }

    private static Optional<PageTables> x86(RegisterFile registers, Memory ram) {
        long cr0 = registers.number("cr0").orElse(0);
        if (cr0 >>> 31 != 1) { // CR0.PG: Intel SDM vol. 3, 2.5
            return Optional.empty();
        }
        long cr3 = registers.require("cr3");
        PageTables own = x86(registers, cr3, ram);
        boolean user = (registers.number("cs").orElse(0) & 3) == 3;
        if (!user || PageTables.kernelCr3(cr3) == cr3) {
            return Optional.of(own);
        }
        // with page table isolation the kernel's table lies beside and maps the same user code; without it, it does not
        PageTables kernel = x86(registers, PageTables.kernelCr3(cr3), ram);
        long pc = registers.pc();
        boolean same = own.translate(pc)
                .map(Translation::physical)
                .equals(kernel.translate(pc).map(Translation::physical));
        return Optional.of(same ? kernel : own);
    }

    private static PageTables x86(RegisterFile registers, long cr3, Memory ram) {
        return PageTables.x86(registers.require("cr0"), cr3, registers.require("cr4"), registers.require("efer"), ram);
    }

    private static Optional<PageTables> arm64(RegisterFile registers, Memory ram) {
        long sctlr = registers
                .number("SCTLR")
                .orElseGet(() -> registers.number("SCTLR_EL1").orElse(0));
        boolean paging = (sctlr & 1) == 1; // SCTLR_EL1.M: Arm ARM, D19.2
        return paging
                ? Optional.of(PageTables.arm64(
                        registers.require("TTBR0_EL1"),
                        registers.require("TTBR1_EL1"),
                        registers.require("TCR_EL1"),
                        sctlr,
                        ram))
                : Optional.empty();
    }

    /** The guest's RAM by physical address; a place that is not RAM is a MemoryFault. */
    static Memory physical(GuestMemory guest) {
        return (address, length) -> readRam(guest, address, length);
    }

    private static byte[] readRam(GuestMemory guest, long physicalAddress, int length) {
        try {
            return guest.read(physicalAddress, length);
        } catch (MachineException e) {
            if (e.failure() instanceof MachineFailure.NoMemory hole) {
                throw new ImageException(
                        "physical 0x%x is not RAM".formatted(hole.physicalAddress()),
                        new ImageFailure.MemoryFault(hole.physicalAddress()));
            }
            throw e;
        }
    }

    /**
     * Copies what can be read from the front of the range and returns how many bytes that was: short at a page that is not
     * mapped, or is mapped to something that is not RAM.
     */
    int read(long address, byte[] into) {
        int done = 0;
        while (done < into.length) {
            Optional<Translation> place = tables.translate(address + done);
            if (place.isEmpty()) {
                return done;
            }
            int count = (int) Math.min(into.length - done, place.get().bytesLeftInPage());
            try {
                byte[] bytes = ram.read(place.get().physical(), count);
                System.arraycopy(bytes, 0, into, done, count);
            } catch (ImageException e) {
                return done;
            }
            done += count;
        }
        return done;
    }

    /** Empty where nothing is mapped. */
    OptionalLong physical(long address) {
        return tables.translate(address).stream()
                .mapToLong(Translation::physical)
                .findFirst();
    }

    /** Whether the address is mapped at all. */
    boolean isMapped(long address) {
        return tables.translate(address).isPresent();
    }
}
