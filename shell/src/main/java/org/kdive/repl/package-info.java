/** The interactive prompt, on JLine. */
@NullMarked
package org.kdive.repl;

import org.jspecify.annotations.NullMarked;
