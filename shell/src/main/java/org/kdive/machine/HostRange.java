package org.kdive.machine;

/** Guest RAM, and where it lies in the memory of the QEMU that has it. */
record HostRange(long physicalAddress, long lengthBytes, long hostAddress) {
    MemoryMap.Range at(long offset) {
        return new MemoryMap.Range(physicalAddress, lengthBytes, offset);
    }
}
