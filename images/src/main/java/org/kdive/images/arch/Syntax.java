package org.kdive.images.arch;

/** The two ways of writing x86 assembly. Other architectures have one, and ignore this. */
public enum Syntax {
    INTEL,
    ATT
}
