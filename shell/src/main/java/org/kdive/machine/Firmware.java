package org.kdive.machine;

import java.nio.file.Path;

/**
 * What runs first in place of QEMU's own loader, and the raw disk on which it finds the kernel. The disk is on virtio's own
 * bus and not on PCI, so that the user's disks keep their names: the first of them is the guest's vda.
 */
public record Firmware(Path file, Path bootDisk) {}
