package org.kdive.session;

/**
 * One of the places of a breakpoint.
 *
 * @param address run-time virtual
 */
public record Site(long address, boolean enabled) {}
