/**
 * What will and will not work with this kernel under a debugger, and what would mend it? Start at Doctor. Plain functions
 * of a kernel and its configuration, on the caller's thread. For front ends.
 */
@NullMarked
package org.kdive.images.doctor;

import org.jspecify.annotations.NullMarked;
