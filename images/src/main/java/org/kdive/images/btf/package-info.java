/**
 * What types does a kernel or module declare in its BTF? Start at {@link org.kdive.images.btf.Btf}; the types themselves
 * are in {@code images.types}. Safe from any thread. Anyone may import it; it imports {@code images.bytes} and
 * {@code images.types}.
 */
@NullMarked
package org.kdive.images.btf;

import org.jspecify.annotations.NullMarked;
