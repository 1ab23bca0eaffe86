package org.kdive.images.arch;

import java.util.List;
import java.util.Optional;
import org.kdive.images.Memory;

/**
 * One processor's view of memory at one moment: virtual addresses to physical ones, from its registers and the tables
 * in guest RAM. Nothing is cached, so it stays true while the guest runs; the registers are those it was made with.
 * Tables are hostile: an entry that makes no sense, or a table where there is no RAM, ends the walk without a
 * translation.
 */
public interface PageTables {
    PageWalk walk(long address);

    default Optional<Translation> translate(long address) {
        return walk(address).translation();
    }

    /** Two, three, four or five levels, or none, as CR0, CR4 and EFER say. Intel SDM volume 3, chapter 4. */
    static PageTables x86(long cr0, long cr3, long cr4, long efer, Memory physical) {
        return X86PageTables.of(cr0, cr3, cr4, efer, physical);
    }

    /**
     * The top table of the kernel for a CR3 seen while user code ran. With page table isolation the two lie side by
     * side, the kernel's first (Linux 4.15, PTI_USER_PGTABLE_BIT); without it, or in the kernel, the bits cleared here
     * may be part of the address: check what is read through it.
     */
    static long kernelCr3(long cr3) {
        return cr3 & 0x000f_ffff_ffff_e000L;
    }

    /** Granules of 4, 16 and 64 KiB, and the sizes that TCR_EL1 says. Arm ARM (DDI 0487), D8. */
    static PageTables arm64(long ttbr0, long ttbr1, long tcr, long sctlr, Memory physical) {
        return new Arm64PageTables(ttbr0, ttbr1, tcr, sctlr, physical);
    }

    /** Short descriptors, or long ones (LPAE) if TTBCR.EAE. Arm ARM ARMv7-A (DDI 0406), B3. */
    static PageTables arm(long ttbr0, long ttbr1, long ttbcr, long sctlr, Memory physical) {
        if ((sctlr & 1) == 0) {
            return identity(1L << 32);
        }
        boolean isLong = (ttbcr >>> 31 & 1) != 0;
        return isLong
                ? new ArmLongPageTables(ttbr0, ttbr1, ttbcr, physical)
                : new ArmShortPageTables(ttbr0, ttbr1, ttbcr, physical);
    }

    /** Sv39, Sv48, Sv57 or bare. RISC-V Privileged Architecture 1.12, 4.3 to 4.6. */
    static PageTables riscv64(long satp, Memory physical) {
        return RiscvPageTables.of(satp, physical);
    }

    /** Paging off: every address below the limit is where it says. */
    static PageTables identity(long limit) {
        return address -> new PageWalk(
                List.of(),
                Long.compareUnsigned(address, limit) < 0
                        ? Optional.of(new Translation(address, 0x1000, Rights.ALL))
                        : Optional.empty());
    }

    /** Virtual memory through these tables. A fault names the first address that is not mapped, or not RAM. */
    default Memory over(Memory physical) {
        return new VirtualMemory(this, physical);
    }
}
