package org.kdive.session;

import org.kdive.machine.Console;

/**
 * One of the guest's serial lines, always drained and logged.
 *
 * @param number 0 for the machine's own, the console
 * @param chardev QEMU's name for it
 */
public record SerialLine(int number, String name, String chardev, Console console) {}
