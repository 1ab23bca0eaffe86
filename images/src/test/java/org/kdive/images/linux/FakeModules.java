package org.kdive.images.linux;

import static org.kdive.images.linux.FakeKernel.POINTER;
import static org.kdive.images.linux.FakeKernel.S32;
import static org.kdive.images.linux.FakeKernel.U32;
import static org.kdive.images.linux.FakeKernel.array;
import static org.kdive.images.linux.FakeKernel.member;
import static org.kdive.images.linux.FakeKernel.text;

import org.kdive.images.types.StructType;

/** Modules in a fake kernel's memory. */
final class FakeModules {
    static final long HEAD = 0xffffffff82300000L;
    static final long TUN = 0xffffffffc0350000L;
    static final long TEXT = 0xffffffffc0339000L;
    private static final long SYMBOLS = 0xffffffffc0360000L;

    private FakeModules() {}

    private static FakeKernel kernel(boolean isNew) {
        FakeKernel kernel = new FakeKernel();
        StructType list = kernel.struct("list_head", 16, member("next", 0, POINTER), member("prev", 8, POINTER));
        StructType atomic = kernel.struct("atomic_t", 4, member("counter", 0, S32));
        StructType layout = kernel.struct("module_layout", 16, member("base", 0, POINTER), member("size", 8, U32));
        StructType orc = kernel.struct(
                "mod_arch_specific",
                24,
                member("num_orcs", 0, U32),
                member("orc_unwind_ip", 8, POINTER),
                member("orc_unwind", 16, POINTER));
        kernel.struct(
                "mod_kallsyms",
                32,
                member("symtab", 0, POINTER),
                member("num_symtab", 8, U32),
                member("strtab", 16, POINTER),
                member("typetab", 24, POINTER));
        if (isNew) {
            StructType memory = kernel.struct("module_memory", 24, member("base", 0, POINTER), member("size", 16, U32));
            kernel.enumeration("mod_mem_type", "MOD_TEXT", "MOD_DATA", "MOD_INIT_TEXT");
            kernel.struct(
                    "module",
                    0x200,
                    member("state", 0, U32),
                    member("list", 8, list),
                    member("name", 0x18, text(56)),
                    member("mem", 0x80, array(memory, 3)),
                    member("kallsyms", 0x100, POINTER),
                    member("arch", 0x108, orc),
                    member("refcnt", 0x120, atomic));
        } else {
            kernel.struct(
                    "module",
                    0x200,
                    member("state", 0, U32),
                    member("list", 8, list),
                    member("name", 0x18, text(56)),
                    member("core_layout", 0x80, layout),
                    member("init_layout", 0x90, layout),
                    member("kallsyms", 0x100, POINTER),
                    member("arch", 0x108, orc),
                    member("refcnt", 0x120, atomic));
        }
        return kernel.symbol("modules", HEAD, 'D');
    }

    /** "tun", living, with one function and one variable, and a module that is not formed yet. */
    static FakeKernel small(boolean isNew) {
        FakeKernel kernel = kernel(isNew);
        long unformed = TUN + 0x1000;
        kernel.map(TUN, 0x200).map(unformed, 0x200);
        kernel.put(unformed, 3, 4);
        kernel.put(TUN + 0x18, "tun").put(TUN + 0x120, 3, 4).put(TUN + 0x100, SYMBOLS);
        if (isNew) {
            kernel.put(TUN + 0x80, TEXT).put(TUN + 0x90, 0x1000, 4);
            kernel.put(TUN + 0x98, TEXT + 0x2000).put(TUN + 0xa8, 0x1000, 4);
        } else {
            kernel.put(TUN + 0x80, TEXT).put(TUN + 0x88, 0x3000, 4);
        }
        kernel.list(HEAD, unformed + 8, TUN + 8);
        kernel.put(SYMBOLS, SYMBOLS + 0x100).put(SYMBOLS + 8, 6, 4);
        kernel.put(SYMBOLS + 16, SYMBOLS + 0x300).put(SYMBOLS + 24, SYMBOLS + 0x400);
        kernel.put(SYMBOLS + 0x301, "tun_open").put(SYMBOLS + 0x310, "tun_ops").put(SYMBOLS + 0x320, "$x");
        kernel.put(SYMBOLS + 0x400, " tdttt");
        symbol(kernel, 1, 1, 4, TEXT + 0x40, 0x20);
        symbol(kernel, 2, 0x10, 7, TEXT + 0x2010, 8);
        symbol(kernel, 3, 0x10, 0, TEXT + 0x50, 8); // undefined: another module's
        symbol(kernel, 4, 1, 4, TEXT - 0x100000, 8); // in memory that it no longer has
        symbol(kernel, 5, 0x20, 4, TEXT + 0x60, 0); // a mapping symbol
        return kernel;
    }

    private static void symbol(FakeKernel kernel, int index, int name, int section, long value, long sizeBytes) {
        long at = SYMBOLS + 0x100 + 24L * index;
        kernel.put(at, name, 4).put(at + 6, section, 2).put(at + 8, value).put(at + 16, sizeBytes);
    }
}
