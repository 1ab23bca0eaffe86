/** Kernel file formats and what is inside them: container, compression, payload. */
@NullMarked
package org.kdive.images.kernel;

import org.jspecify.annotations.NullMarked;
