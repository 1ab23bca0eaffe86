/** Initial root file systems: cpio writers and readers, and the busybox root. Any thread. */
@NullMarked
package org.kdive.images.initramfs;

import org.jspecify.annotations.NullMarked;
