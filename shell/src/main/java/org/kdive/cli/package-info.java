/** The process's own command line: which front end, with what. */
@NullMarked
package org.kdive.cli;

import org.jspecify.annotations.NullMarked;
