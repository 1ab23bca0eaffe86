package org.kdive.images.types;

/**
 * One constant of an enum.
 *
 * @param value sign-extended if the enum is signed, else zero-extended
 */
public record Enumerator(String name, long value) {}
