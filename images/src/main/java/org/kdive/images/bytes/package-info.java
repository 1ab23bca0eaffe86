/** {@code Bytes}, the one bounds-checked, endian-aware cursor that every parser here stands on. */
@NullMarked
package org.kdive.images.bytes;

import org.jspecify.annotations.NullMarked;
