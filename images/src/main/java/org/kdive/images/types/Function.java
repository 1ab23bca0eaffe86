package org.kdive.images.types;

/** A function that the kernel defines, by the name of its symbol. */
public record Function(String name, FunctionType type) {}
