/** ELF as kernels use it, over {@code Bytes}. */
@NullMarked
package org.kdive.images.elf;

import org.jspecify.annotations.NullMarked;
