/** Disk images: what a file is, qcow2 and ext4 written. Start at DiskImage and RootDisk. Blocks; any thread. */
@NullMarked
package org.kdive.images.disk;

import org.jspecify.annotations.NullMarked;
