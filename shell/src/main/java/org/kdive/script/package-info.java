/**
 * Scripts: the command language line by line, with verdicts and an exit status. Start at {@code ScriptRunner}. On the
 * caller's thread. Only cli imports it.
 */
@NullMarked
package org.kdive.script;

import org.jspecify.annotations.NullMarked;
