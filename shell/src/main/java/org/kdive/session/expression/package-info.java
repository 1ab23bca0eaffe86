/**
 * What is this C expression worth in the guest? Start at {@link org.kdive.session.expression.Expression}: parsed once, it is
 * evaluated over a {@link org.kdive.session.expression.Scope} as often as wanted, to a
 * {@link org.kdive.session.expression.Value}. Session thread, but for a parsed expression, which is immutable. The session and
 * everybody above it may import this; of the session it imports the exception only.
 */
@NullMarked
package org.kdive.session.expression;

import org.jspecify.annotations.NullMarked;
