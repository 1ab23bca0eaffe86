/** The facade every front end uses: run control, breakpoints, the current stop. One thread, named session. */
@NullMarked
package org.kdive.session;

import org.jspecify.annotations.NullMarked;
