/**
 * What is the C type of this? {@link org.kdive.images.types.TypeTable} answers by name with a
 * {@link org.kdive.images.types.Type}; {@link org.kdive.images.types.CPrinter} writes it as C. BTF fills it, DWARF may.
 * Immutable once made, safe from any thread. Anyone may import it; it imports nothing but the module's exceptions.
 */
@NullMarked
package org.kdive.images.types;

import org.jspecify.annotations.NullMarked;
