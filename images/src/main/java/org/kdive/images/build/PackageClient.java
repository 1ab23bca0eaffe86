package org.kdive.images.build;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/** How a host's distribution installs what a build lacks. Packages are known here by Debian's names. */
enum PackageClient {
    APT("apt-get", "apt-get install", ""),
    DNF(
            "dnf",
            "dnf install",
            "libelf-dev=elfutils-libelf-devel libssl-dev=openssl-devel pahole=dwarves"
                    + " gcc-arm-linux-gnueabihf=gcc-arm-linux-gnu"),
    ZYPPER(
            "zypper",
            "zypper install",
            "libelf-dev=libelf-devel libssl-dev=libopenssl-devel pahole=dwarves"
                    + " gcc-aarch64-linux-gnu=cross-aarch64-gcc gcc-riscv64-linux-gnu=cross-riscv64-gcc"
                    + " gcc-x86-64-linux-gnu=cross-x86_64-gcc"),
    PACMAN(
            "pacman",
            "pacman -S",
            "libelf-dev=libelf libssl-dev=openssl"
                    + " gcc-aarch64-linux-gnu=aarch64-linux-gnu-gcc gcc-riscv64-linux-gnu=riscv64-linux-gnu-gcc"),
    APK("apk", "apk add", "libelf-dev=elfutils-dev libssl-dev=openssl-dev");

    private final String program;
    private final String install;
    private final String names; // debian=theirs, separated by spaces, where they differ

    PackageClient(String program, String install, String names) {
        this.program = program;
        this.install = install;
        this.names = names;
    }

    /** The host's; Debian's when it has none that we know. */
    static PackageClient of(HostTools tools) {
        return Arrays.stream(values())
                .filter(client -> tools.findProgram(client.program).isPresent())
                .findFirst()
                .orElse(APT);
    }

    /** What to type. */
    String command(Collection<String> debianNames) {
        return install + " " + debianNames.stream().map(this::name).collect(Collectors.joining(" "));
    }

    private String name(String debianName) {
        return Arrays.stream(names.split(" ", -1))
                .filter(pair -> pair.startsWith(debianName + "="))
                .map(pair -> pair.substring(debianName.length() + 1))
                .findFirst()
                .orElse(debianName);
    }
}
