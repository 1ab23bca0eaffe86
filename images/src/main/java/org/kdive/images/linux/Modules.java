package org.kdive.images.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.btf.Btf;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Type;
import org.kdive.images.unwind.OrcTable;
import org.kdive.images.unwind.OrcVersion;

/**
 * The modules that are loaded.
 *
 * @param all the last loaded first, as the kernel keeps them
 * @param lost why there may be more; empty when all were seen
 */
public record Modules(List<Module> all, String lost) {
    private static final int MOST = 4096;
    private static final int MOST_RANGES = 16;
    private static final int MOST_ORC_ENTRIES = 1 << 20;
    private static final int MOST_BTF_BYTES = 64 << 20;
    private static final int ORC_ENTRY_BYTES = 6;

    private static final int MODULE_REF_BASE = 1; // kernel/module/main.c

    public Modules {
        all = List.copyOf(all);
    }

    /** Whether this kernel can load modules, and says where it lists them. */
    public static boolean areListed(LiveKernel kernel) {
        return kernel.findAddress("modules").isPresent() && kernel.hasStruct("module");
    }

    /** Needs the symbol {@code modules}. */
    public static Modules of(LiveKernel kernel) {
        long head = kernel.requireAddress("modules");
        ListWalk walk = ListWalk.of(kernel, head, kernel.layout("module").offset("list"), MOST);
        List<Module> found = new ArrayList<>();
        String lost = walk.lost();
        for (long address : walk.entries()) {
            try {
                find(kernel, address).ifPresent(found::add);
            } catch (ImageException e) {
                lost = String.valueOf(e.getMessage());
            }
        }
        return new Modules(found, lost);
    }

    /** The module whose {@code struct module} is there; empty while it is being put together. */
    public static Optional<Module> find(LiveKernel kernel, long address) {
        KernelObject module = kernel.object("module", address);
        Optional<Module.State> state = state((int) module.number("state"));
        OptionalLong count = module.findNumber("refcnt.counter");
        return state.map(known -> new Module(
                address,
                module.text("name"),
                known,
                ranges(kernel, module),
                count.isPresent() ? OptionalLong.of(count.getAsLong() - MODULE_REF_BASE) : count,
                module.findNumber("kallsyms").orElse(0)));
    }

    // enum module_state; 3 is UNFORMED
    private static Optional<Module.State> state(int number) {
        return switch (number) {
            case 0 -> Optional.of(Module.State.LIVE);
            case 1 -> Optional.of(Module.State.COMING);
            case 2 -> Optional.of(Module.State.GOING);
            default -> Optional.empty();
        };
    }

    // since 6.4 (ac3b43283923) an array by kind of memory; before, one piece to stay and one for the start
    private static List<Module.Range> ranges(LiveKernel kernel, KernelObject module) {
        List<Module.Range> ranges = new ArrayList<>();
        if (module.has("mem") && kernel.hasStruct("module_memory")) {
            int each = kernel.layout("module_memory").type().bytes();
            long count = kernel.layout("module").require("mem").type().type().strip() instanceof ArrayType array
                    ? Math.min(MOST_RANGES, array.count())
                    : 0;
            for (int i = 0; i < count; i++) {
                KernelObject memory = kernel.object("module_memory", module.addressOf("mem") + (long) i * each);
                add(ranges, kind(kernel, i), memory.number("base"), memory.number("size"));
            }
        } else {
            for (String kind : List.of("core", "init")) {
                add(ranges, kind, module.number(kind + "_layout.base"), module.number(kind + "_layout.size"));
            }
        }
        return ranges;
    }

    private static void add(List<Module.Range> ranges, String kind, long base, long sizeBytes) {
        if (base != 0 && sizeBytes != 0) {
            ranges.add(new Module.Range(kind, base, sizeBytes));
        }
    }

    // MOD_INIT_TEXT -> init_text
    private static String kind(LiveKernel kernel, int index) {
        return kernel.types()
                .findType("enum mod_mem_type")
                .map(Type::strip)
                .flatMap(type -> type instanceof EnumType names ? names.findByValue(index) : Optional.empty())
                .map(constant -> constant.name().replaceFirst("^MOD_", "").toLowerCase(Locale.ROOT))
                .orElse("memory " + index);
    }

    /** Where its calls are described for the unwinder; empty on kernels without ORC, and for a module without code. */
    public static Optional<OrcTable> orc(LiveKernel kernel, Module module, OrcVersion version) {
        KernelObject object = kernel.object("module", module.address());
        long count = object.findNumber("arch.num_orcs").orElse(0);
        if (count <= 0 || count > MOST_ORC_ENTRIES) {
            return Optional.empty();
        }
        long ips = object.number("arch.orc_unwind_ip");
        long entries = object.number("arch.orc_unwind");
        return Optional.of(OrcTable.of(
                kernel.bytes("ORC of " + module.name(), ips, (int) count * 4),
                kernel.bytes("ORC of " + module.name(), entries, (int) count * ORC_ENTRY_BYTES),
                ips,
                version));
    }

    /** The types it adds to the kernel's; empty if it brought none, or brought them over a base of its own. */
    public static Optional<Btf> btf(LiveKernel kernel, Module module, Btf base) {
        KernelObject object = kernel.object("module", module.address());
        // since 6.11 modules built out of the tree carry a base, and mean that one's ids
        if (object.findNumber("btf_base_data_size").orElse(0) != 0) {
            return Optional.empty();
        }
        long size = object.findNumber("btf_data_size").orElse(0);
        long data = object.findNumber("btf_data").orElse(0);
        // .BTF lies in the copy of the file that is gone when the module starts: do_init_module clears the pointer
        return data != 0 ? split(kernel, module, base, data, size) : kept(kernel, module, base);
    }

    // kernel/bpf/btf.c keeps the blob of each: struct btf_module, since 5.11 (36e68442d1af)
    private static Optional<Btf> kept(LiveKernel kernel, Module module, Btf base) {
        OptionalLong head = kernel.findAddress("btf_modules");
        if (head.isEmpty() || !kernel.hasStruct("btf_module")) {
            return Optional.empty();
        }
        long link = kernel.layout("btf_module").offset("list");
        for (long address : ListWalk.of(kernel, head.getAsLong(), link, MOST).entries()) {
            KernelObject one = kernel.object("btf_module", address);
            if (one.number("module") == module.address()) {
                KernelObject btf = one.follow("btf", "btf");
                return split(kernel, module, base, btf.number("data"), btf.number("data_size"));
            }
        }
        return Optional.empty();
    }

    private static Optional<Btf> split(LiveKernel kernel, Module module, Btf base, long data, long size) {
        return size <= 0 || size > MOST_BTF_BYTES
                ? Optional.empty()
                : Optional.of(base.split(kernel.bytes("BTF of " + module.name(), data, (int) size)));
    }
}
