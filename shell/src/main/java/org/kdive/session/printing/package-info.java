/**
 * How does gdb write this value? {@link org.kdive.session.printing.ValuePrinter} is all there is to call. Session thread. The
 * session and everybody above it may import this; it imports {@code session.expression} and the types of {@code images}.
 */
@NullMarked
package org.kdive.session.printing;

import org.jspecify.annotations.NullMarked;
