/**
 * Which bytes of a running kernel's code differ from its image, and which of them has the kernel patched itself? Start at
 * {@link org.kdive.images.patches.CodeComparison}; the kernel's own tables say where it patches. Plain functions of an image
 * and two arrays of bytes; any thread. Anyone may import it; it imports {@code bytes}, {@code elf},
 * {@code kernel} and {@code symbols}.
 */
@NullMarked
package org.kdive.images.patches;

import org.jspecify.annotations.NullMarked;
