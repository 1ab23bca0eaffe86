package org.kdive.images.patches;

/**
 * A place in the code that the kernel may patch.
 *
 * @param address link-time
 */
public record PatchSite(PatchKind kind, long address, int lengthBytes) {}
