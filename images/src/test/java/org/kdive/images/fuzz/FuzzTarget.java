package org.kdive.images.fuzz;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A parser of bytes from outside.
 *
 * @param seeds whole files by name, for damage to begin with
 * @param reader reads all there is to read. An ImageException is an answer; anything else that is thrown is a bug
 */
record FuzzTarget(String name, Supplier<Map<String, byte[]>> seeds, Consumer<byte[]> reader) {
    /** Every one there is. */
    static final List<FuzzTarget> ALL = List.of(
            new FuzzTarget("kernel", FuzzSeeds::kernels, KernelReaders::kernel),
            new FuzzTarget("unpack-kernel", FuzzSeeds::packed, KernelReaders::unpack),
            new FuzzTarget("elf", FuzzSeeds::elves, KernelReaders::elf),
            new FuzzTarget("module", FuzzSeeds::modules, RootReaders::module),
            new FuzzTarget("kallsyms", FuzzSeeds::kallsyms, TableReaders::kallsyms),
            new FuzzTarget("exports", FuzzSeeds::exports, TableReaders::exports),
            new FuzzTarget("system-map", FuzzSeeds::systemMaps, TableReaders::systemMap),
            new FuzzTarget("rust-name", FuzzSeeds::rustNames, TableReaders::rustName),
            new FuzzTarget("btf", FuzzSeeds::btf, TableReaders::btf),
            new FuzzTarget("orc", FuzzSeeds::orc, TableReaders::orc),
            new FuzzTarget("exidx", FuzzSeeds::exidx, TableReaders::exidx),
            new FuzzTarget("config", FuzzSeeds::configs, KernelReaders::config),
            new FuzzTarget("cpio", FuzzSeeds::archives, RootReaders::archive),
            new FuzzTarget("unpack-cpio", FuzzSeeds::plainArchives, RootReaders::unpack),
            new FuzzTarget("initramfs-list", FuzzSeeds::lists, RootReaders::list),
            new FuzzTarget("disk", FuzzSeeds::disks, RootReaders::disk),
            new FuzzTarget("deb", FuzzSeeds::packages, RootReaders::deb));

    static FuzzTarget named(String name) {
        return ALL.stream()
                .filter(target -> target.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    void read(byte[] input) {
        reader.accept(input);
    }

    @Override
    public String toString() {
        return name;
    }
}
