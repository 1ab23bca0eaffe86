/** What do these bytes mean? Start at {@code KernelImage} and {@code Program}. Imports nothing else of ours; any thread. */
@NullMarked
package org.kdive.images;

import org.jspecify.annotations.NullMarked;
