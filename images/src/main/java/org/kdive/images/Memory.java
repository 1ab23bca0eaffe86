package org.kdive.images;

/**
 * Bytes at addresses: a stub, guest RAM, an ELF file and a test's array are all one of these. Addresses are run-time
 * virtual unless the maker says otherwise.
 */
@FunctionalInterface
public interface Memory {
    /**
     * Exactly {@code length} bytes.
     *
     * @throws ImageException with {@link ImageFailure.MemoryFault}, naming the first address that could not be read
     */
    byte[] read(long address, int length);
}
