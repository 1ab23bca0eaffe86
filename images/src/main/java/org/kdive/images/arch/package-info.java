/** One file an architecture: registers decoded, page tables, calling convention; disassembly beside it. */
@NullMarked
package org.kdive.images.arch;

import org.jspecify.annotations.NullMarked;
