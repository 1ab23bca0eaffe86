/** Symbol tables and where they come from: kallsyms, ELF symtab, System.map. Immutable once built; any thread. */
@NullMarked
package org.kdive.images.symbols;

import org.jspecify.annotations.NullMarked;
