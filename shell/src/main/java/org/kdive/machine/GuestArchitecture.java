package org.kdive.machine;

/** What processor the guest has, and the QEMU that emulates it with a machine fit for a stock kernel. */
public enum GuestArchitecture {
    X86_64("x86_64", "pc", "", "ttyS0"),
    I386("i386", "pc", "", "ttyS0"),
    // QEMU's own default on virt is a 32-bit cortex-a15; "max" has pointer authentication, slow under TCG.
    AARCH64("aarch64", "virt", "cortex-a57", "ttyAMA0"),
    // Kernels without LPAE, as Debian's armmp, do not reach the PCI bus where QEMU puts it above 4 GiB.
    ARM("arm", "virt,highmem=off", "", "ttyAMA0"),
    RISCV64("riscv64", "virt", "", "ttyS0");

    private final String suffix;
    private final String machine;
    private final String cpu;
    private final String console;

    GuestArchitecture(String suffix, String machine, String cpu, String console) {
        this.suffix = suffix;
        this.machine = machine;
        this.cpu = cpu;
        this.console = console;
    }

    /** The program that emulates it, as distributions name it. */
    public String qemu() {
        return "qemu-system-" + suffix;
    }

    public String defaultMachine() {
        return machine;
    }

    /** Empty: QEMU's own default. */
    public String defaultCpu() {
        return cpu;
    }

    /** What the kernel calls the first serial line of the default machine: the word after {@code console=}. */
    public String consoleDevice() {
        return console;
    }
}
