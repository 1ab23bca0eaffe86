/**
 * How does a kernel come out of its source tree? Start at KernelBuild, which runs the tree's own make. On the caller's
 * thread; blocks for minutes. For front ends.
 */
@NullMarked
package org.kdive.images.build;

import org.jspecify.annotations.NullMarked;
