package org.kdive.images.linux;

/**
 * One message of the kernel's log.
 *
 * @param sequence rises by one with each message since boot
 * @param timeNanos since boot; 0 until the clock runs
 * @param facility syslog's: 0 for the kernel's own
 * @param level syslog's: 0 emergency to 7 debug
 * @param text without the line end; may hold line ends inside
 */
public record LogRecord(long sequence, long timeNanos, int facility, int level, String text) {}
