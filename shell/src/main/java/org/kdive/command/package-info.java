/** The command language: one verb a {@code Command}, found in a {@code CommandTable}. */
@NullMarked
package org.kdive.command;

import org.jspecify.annotations.NullMarked;
