package org.kdive.images.build;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** An architecture as the kernel's makefiles call it, with the compilers that Debian packages for it. */
public enum BuildTarget {
    X86_64("x86_64", "x86", "amd64", "x86_64_defconfig", "bzImage", "x86_64-linux-gnu-"),
    I386("i386", "x86", "i386", "i386_defconfig", "bzImage", "i686-linux-gnu-"),
    ARM64("arm64", "arm64", "aarch64", "defconfig", "Image", "aarch64-linux-gnu-"),
    ARM("arm", "arm", "arm", "multi_v7_defconfig", "zImage", "arm-linux-gnueabihf- arm-linux-gnueabi- arm-linux-gnu-"),
    RISCV("riscv", "riscv", "riscv64", "defconfig", "Image", "riscv64-linux-gnu-");

    private final String word;
    private final String directory;
    private final String javaName;
    private final String defaultConfig;
    private final String image;
    private final String prefixes; // separated by spaces, the preferred one first

    BuildTarget(String word, String directory, String javaName, String defaultConfig, String image, String prefixes) {
        this.word = word;
        this.directory = directory;
        this.javaName = javaName;
        this.defaultConfig = defaultConfig;
        this.image = image;
        this.prefixes = prefixes;
    }

    /** As in {@code ARCH=}; also dpkg's and uname's words for it. */
    public static Optional<BuildTarget> find(String word) {
        String known = switch (word) {
            case "amd64" -> "x86_64";
            case "x86", "i686" -> "i386";
            case "aarch64" -> "arm64";
            case "armhf", "armel" -> "arm";
            case "riscv64" -> "riscv";
            default -> word;
        };
        return Arrays.stream(values())
                .filter(target -> target.word.equals(known))
                .findFirst();
    }

    /** What this machine is; x86-64 if it is none of these. */
    public static BuildTarget ofHost() {
        return Arrays.stream(values()).filter(BuildTarget::isHost).findFirst().orElse(X86_64);
    }

    boolean isHost() {
        return javaName.equals(System.getProperty("os.arch"));
    }

    public String word() {
        return word;
    }

    String defaultConfig() {
        return defaultConfig;
    }

    /** The make target, and the name of the file it leaves. */
    String image() {
        return image;
    }

    String imagePath() {
        return "arch/" + directory + "/boot/" + image;
    }

    List<String> prefixes() {
        return List.of(prefixes.split(" "));
    }

    /** Debian's package of the cross compiler. */
    String compilerPackage() {
        String prefix = prefixes().get(0);
        return "gcc-" + prefix.substring(0, prefix.length() - 1).replace('_', '-');
    }

    /** The host's own compiler can make it: its own kernels, and on x86-64 the 32-bit ones. */
    boolean isNative() {
        return isHost() || (this == I386 && X86_64.isHost());
    }
}
