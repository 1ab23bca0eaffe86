/**
 * How does a stripped kernel become an ELF file that gdb, objdump and readelf know their way around in? Start at
 * SymbolisedElf. Everything here is a plain function of a KernelImage and runs on the caller's thread. For front ends.
 */
@NullMarked
package org.kdive.images.vmlinux;

import org.jspecify.annotations.NullMarked;
