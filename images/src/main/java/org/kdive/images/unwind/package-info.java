/**
 * Who called this? An {@link org.kdive.images.unwind.Unwinder} walks a stack from registers and memory: by ORC tables on
 * x86-64, by unwind tables on 32-bit Arm, by frame pointers elsewhere. Start at
 * {@link org.kdive.images.unwind.OrcUnwinder}. Each unwinder is immutable; unwinding reads memory on the calling
 * thread. Anyone may import it; it imports {@code images}, {@code images.bytes} and {@code images.types}.
 */
@NullMarked
package org.kdive.images.unwind;

import org.jspecify.annotations.NullMarked;
