package org.kdive.images.types;

/**
 * One parameter of a function.
 *
 * @param name empty where a prototype does not name it
 */
public record Parameter(String name, TypeRef type) {}
