/** Frames, escapes, run-length, acknowledgements and the reply queue of RSP. Not for import by other modules. */
@NullMarked
package org.kdive.gdbrsp.wire;

import org.jspecify.annotations.NullMarked;
