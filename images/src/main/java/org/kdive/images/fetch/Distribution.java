package org.kdive.images.fetch;

import java.util.Locale;
import java.util.Optional;

/** Whose kernels we know by name, and what their packages are called. */
public enum Distribution {
    DEBIAN("/usr/share/keyrings/debian-archive-keyring.gpg") {
        @Override
        Flavour usualFlavour(PackageArchitecture architecture) {
            return switch (architecture) {
                case AMD64, ARM64 -> Flavour.CLOUD;
                case ARMHF, ARMEL, I386, RISCV64 -> Flavour.GENERIC;
            };
        }

        @Override
        Optional<String> findMetaPackage(PackageArchitecture architecture, Flavour flavour) {
            String kernel = switch (architecture) {
                case AMD64, ARM64, RISCV64 -> architecture.debianName();
                case ARMHF -> "armmp";
                case ARMEL -> "rpi";
                case I386 -> "686-pae";
            };
            return switch (flavour) {
                case GENERIC -> Optional.of("linux-image-" + kernel);
                case CLOUD ->
                    usualFlavour(architecture) == Flavour.CLOUD
                            ? Optional.of("linux-image-cloud-" + kernel)
                            : Optional.empty();
                case RT ->
                    architecture == PackageArchitecture.RISCV64 || architecture == PackageArchitecture.ARMEL
                            ? Optional.empty()
                            : Optional.of("linux-image-rt-" + kernel);
            };
        }
    },

    // Ubuntu keeps all but x86 on a server of its own; it is used where the host's sources name it.
    UBUNTU("/usr/share/keyrings/ubuntu-archive-keyring.gpg") {
        @Override
        Flavour usualFlavour(PackageArchitecture architecture) {
            return architecture == PackageArchitecture.AMD64 ? Flavour.CLOUD : Flavour.GENERIC;
        }

        @Override
        Optional<String> findMetaPackage(PackageArchitecture architecture, Flavour flavour) {
            return switch (flavour) {
                case GENERIC -> Optional.of("linux-image-generic");
                case CLOUD -> Optional.of("linux-image-virtual");
                case RT -> Optional.empty();
            };
        }
    };

    /** Which build of the kernel: for virtual machines, for any machine, or with PREEMPT_RT. */
    public enum Flavour {
        CLOUD,
        GENERIC,
        RT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final String keyring;

    Distribution(String keyring) {
        this.keyring = keyring;
    }

    /** The word in a kernel's name, and the distribution's {@code ID} in os-release. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The file that apt checks this distribution's signatures with, where its keyring package puts it. */
    String keyring() {
        return keyring;
    }

    /** What the bare name means: the smallest stock kernel made for a virtual machine. */
    abstract Flavour usualFlavour(PackageArchitecture architecture);

    /** The package that always depends on the newest kernel; empty when there is no such flavour. */
    abstract Optional<String> findMetaPackage(PackageArchitecture architecture, Flavour flavour);
}
