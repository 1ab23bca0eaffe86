/**
 * The interactive prompt, on JLine. Start at {@code Prompt}. Lines are read on the caller's thread, everything shown goes
 * through the thread named screen. Only cli imports it.
 */
@NullMarked
package org.kdive.repl;

import org.jspecify.annotations.NullMarked;
