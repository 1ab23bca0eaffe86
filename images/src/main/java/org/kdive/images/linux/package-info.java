/**
 * What does this kernel hold right now? Tasks, modules, the printk ring, per-CPU variables, out of a running or saved
 * kernel's memory. Start at {@link org.kdive.images.linux.LiveKernel}, which is a program, its types and a memory; the rest
 * are plain functions of it, named as the kernel names things. Nothing here asks for a version: members and symbols are
 * looked for, the newest kernel's first. Every walk is bounded, whatever the memory holds, and nothing but
 * {@code ImageException} is thrown. A LiveKernel belongs to the thread that reads its memory. Anyone may import it; it
 * imports the other packages of {@code images} but {@code kernel}, {@code initramfs} and {@code fetch}.
 */
@NullMarked
package org.kdive.images.linux;

import org.jspecify.annotations.NullMarked;
