/** Scripts: the command language line by line, with verdicts and an exit status. */
@NullMarked
package org.kdive.script;

import org.jspecify.annotations.NullMarked;
