/**
 * Which parsers take bytes from outside, and do they stand any of them? {@link org.kdive.images.fuzz.FuzzTarget} lists
 * them all, once; {@link org.kdive.images.fuzz.ParserFuzz} damages its seeds in every build, and {@code ./check --fuzz}
 * has Jazzer look for worse. Single-threaded; imported by the fuzz tests of other packages for their readers.
 */
@NullMarked
package org.kdive.images.fuzz;

import org.jspecify.annotations.NullMarked;
