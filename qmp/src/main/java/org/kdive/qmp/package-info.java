/** How do I speak to QEMU? Start at {@code QmpClient}. Imports nothing else of ours. */
@NullMarked
package org.kdive.qmp;

import org.jspecify.annotations.NullMarked;
