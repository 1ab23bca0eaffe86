/** What a gdb stub says and how to ask it. Start at {@code RspClient}. Imports nothing else of ours. */
@NullMarked
package org.kdive.gdbrsp;

import org.jspecify.annotations.NullMarked;
