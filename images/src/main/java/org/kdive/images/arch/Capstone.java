package org.kdive.images.arch;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The few functions of libcapstone we call. The library stays loaded once found: JNA keeps one of each name. */
final class Capstone {
    /** Newest first. Distributions ship the versioned name alone unless the development package is installed. */
    private static final List<String> NAMES = List.of("libcapstone.so.5", "libcapstone.so.4", "capstone");

    // capstone.h: cs_arch, cs_opt_type, cs_opt_value, cs_mode
    private static final int CS_OPT_SYNTAX = 1;
    private static final int CS_OPT_SKIPDATA = 5;
    private static final long CS_OPT_ON = 3;
    private static final long CS_OPT_SYNTAX_INTEL = 1;
    private static final long CS_OPT_SYNTAX_ATT = 2;

    private final NativeLibrary library;
    private final Function disassemble;
    private final Function free;
    private final int mnemonicOffset;
    private final int insnBytes;

    private Capstone(NativeLibrary library, int major) {
        this.library = library;
        this.disassemble = library.getFunction("cs_disasm");
        this.free = library.getFunction("cs_free");
        // the byte field grew from 16 to 24 between the two
        this.mnemonicOffset = major == 4 ? 34 : 42;
        this.insnBytes = major == 4 ? 240 : 248;
    }

    static Optional<Capstone> find() {
        return NAMES.stream().flatMap(name -> load(name).stream()).findFirst();
    }

    private static Optional<Capstone> load(String name) {
        try {
            NativeLibrary library = NativeLibrary.getInstance(name);
            int major = library.getFunction("cs_version").invokeInt(new Object[] {null, null}) >> 8;
            // only these two layouts of cs_insn are known
            return major == 4 || major == 5 ? Optional.of(new Capstone(library, major)) : Optional.empty();
        } catch (LinkageError absent) { // no such library, or none of JNA's own for this host
            return Optional.empty();
        }
    }

    /** Empty when this build of capstone does not know the instruction set. */
    OptionalLong open(InstructionSet set, Syntax syntax) {
        PointerByReference handle = new PointerByReference();
        int error = library.getFunction("cs_open").invokeInt(new Object[] {architecture(set), mode(set), handle});
        if (error != 0) {
            return OptionalLong.empty();
        }
        long opened = Pointer.nativeValue(handle.getValue());
        option(opened, CS_OPT_SKIPDATA, CS_OPT_ON);
        if (set.isX86()) {
            option(opened, CS_OPT_SYNTAX, syntax == Syntax.ATT ? CS_OPT_SYNTAX_ATT : CS_OPT_SYNTAX_INTEL);
        }
        return OptionalLong.of(opened);
    }

    private void option(long handle, int type, long value) {
        library.getFunction("cs_option").invokeInt(new Object[] {handle, type, value});
    }

    long disassemble(long handle, byte[] code, long address, long count, PointerByReference found) {
        return disassemble.invokeLong(new Object[] {handle, code, (long) code.length, address, count, found});
    }

    void free(Pointer first, long count) {
        free.invokeVoid(new Object[] {first, count});
    }

    void close(long handle) {
        library.getFunction("cs_close").invokeInt(new Object[] {new PointerByReference(new Pointer(handle))});
    }

    int mnemonicOffset() {
        return mnemonicOffset;
    }

    int insnBytes() {
        return insnBytes;
    }

    private static int architecture(InstructionSet set) {
        return switch (set) {
            case ARM, THUMB -> 0;
            case ARM64 -> 1;
            case X86_16, X86_32, X86_64 -> 3;
            case RISCV32, RISCV64 -> 15;
        };
    }

    private static int mode(InstructionSet set) {
        return switch (set) {
            case ARM, ARM64 -> 0;
            case X86_16 -> 1 << 1;
            case X86_32 -> 1 << 2;
            case X86_64 -> 1 << 3;
            case THUMB -> 1 << 4;
            case RISCV32 -> 1 | 1 << 2;
            case RISCV64 -> 1 << 1 | 1 << 2;
        };
    }
}
