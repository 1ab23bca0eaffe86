/** A QEMU process and its channels, from an immutable {@code MachineSpec}. Front ends do not import it. */
@NullMarked
package org.kdive.machine;

import org.jspecify.annotations.NullMarked;
