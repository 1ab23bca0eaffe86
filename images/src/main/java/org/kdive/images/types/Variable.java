package org.kdive.images.types;

/**
 * A variable with its type. BTF of today's kernels has those of per-CPU sections only.
 *
 * @param section {@code .data..percpu} and the like; empty if not told
 * @param sectionOffset where it begins in that section
 */
public record Variable(String name, TypeRef type, String section, long sectionOffset) {}
