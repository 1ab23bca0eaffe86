package org.kdive.images.fetch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kdive.images.Architecture;

/** The architectures whose packages are known here, spelled as dpkg spells them. */
public enum PackageArchitecture {
    AMD64(Architecture.X86_64),
    ARM64(Architecture.ARM64),
    ARMHF(Architecture.ARM),
    /** Programs for every ARM from version 5 on, without floating point hardware. */
    ARMEL(Architecture.ARM),
    I386(Architecture.X86_32),
    RISCV64(Architecture.RISCV64);

    private final Architecture processor;

    PackageArchitecture(Architecture processor) {
        this.processor = processor;
    }

    /** {@code amd64}, {@code arm64}, {@code armhf}: what apt and dpkg call it. */
    public String debianName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Architecture processor() {
        return processor;
    }

    static List<String> names() {
        return Arrays.stream(values()).map(PackageArchitecture::debianName).toList();
    }

    public static Optional<PackageArchitecture> find(String debianName) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.debianName().equals(debianName))
                .findFirst();
    }

    /** The packages whose programs run on the processor; empty when we know none. */
    public static Optional<PackageArchitecture> of(Architecture processor) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.processor == processor)
                .findFirst();
    }

    /** The architecture of this JVM; empty when we know no packages for it. */
    public static Optional<PackageArchitecture> ofHost() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> Optional.of(AMD64);
            case "aarch64", "arm64" -> Optional.of(ARM64);
            case "arm" -> Optional.of(ARMHF);
            case "x86", "i386", "i686" -> Optional.of(I386);
            case "riscv64" -> Optional.of(RISCV64);
            default -> Optional.empty();
        };
    }
}
