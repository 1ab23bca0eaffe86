/** Line framing, JSON and reply correlation, on the connection's event loop. Not for import by other modules. */
@NullMarked
package org.kdive.qmp.wire;

import org.jspecify.annotations.NullMarked;
