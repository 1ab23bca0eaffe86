package org.kdive.images.kernel;

/** What a kernel file is, leaving aside a compression of the file as a whole. */
public enum KernelFormat {
    BZIMAGE("bzImage"),
    X86_ZIMAGE("x86 zImage"),
    ARM_ZIMAGE("arm zImage"),
    ARM64_IMAGE("arm64 Image"),
    RISCV_IMAGE("riscv Image"),
    EFI_ZBOOT("EFI zboot"),
    UIMAGE("uImage"),
    S390_IMAGE("s390 bzImage"),
    PACKED_ELF("self-unpacking ELF"),
    ELF("ELF vmlinux"),
    RAW("raw kernel");

    private final String label;

    KernelFormat(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
