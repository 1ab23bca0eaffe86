/**
 * How can a machine be looked at whose gdb stub nobody opened? Start at {@link org.kdive.session.monitor.MonitorStub}: a stub of
 * ours that answers out of QEMU's monitor. It has a thread of its own; the session alone imports it. Of ours it imports qmp.
 */
@NullMarked
package org.kdive.session.monitor;

import org.jspecify.annotations.NullMarked;
