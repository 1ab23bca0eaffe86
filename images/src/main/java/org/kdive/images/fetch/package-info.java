/** Distribution packages by name, through the host's own package client, into the cache. Blocks; any thread. */
@NullMarked
package org.kdive.images.fetch;

import org.jspecify.annotations.NullMarked;
