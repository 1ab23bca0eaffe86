package org.kdive.images.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.kdive.images.bytes.ByteWriter;
import org.kdive.images.bytes.Bytes;

/** A small arm64 kernel: three functions, and the data they use. */
final class StaticSymbolsTest {
    private static final long BASE = 0xffff800008000000L;
    private static final int CODE = 0x1000;
    private static final int FUNCTION_BYTES = 0x40;
    private static final int MODULES = 0x2610;
    private static final int PRB = 0x3360;
    private static final int RING = 0x3400;
    private static final int COMMAND_LINE = 0x4020;
    private static final int COUNT_BITS = 12;
    private static final int NOP = 0xd503201f;
    private static final int RET = 0xd65f03c0;

    private static int adrp(int register, int from, int to) {
        int pages = (to >> 12) - (from >> 12);
        return 0x90000000 | (pages & 3) << 29 | (pages >> 2 & 0x7ffff) << 5 | register;
    }

    private static int add(int register, int immediate) {
        return 0x91000000 | immediate << 10 | register << 5 | register;
    }

    private static int ldr(int target, int base, int offset) {
        return 0xf9400000 | offset / 8 << 10 | base << 5 | target;
    }

    private static int ldrBefore(int target, int base, int offset) {
        return 0xf8400c00 | (offset & 0x1ff) << 12 | base << 5 | target;
    }

    private static byte[] kernel(long modulesNext, int firstId) {
        ByteWriter out = new ByteWriter(ByteOrder.LITTLE_ENDIAN).upTo(CODE);
        // find_module_all: the list is the last thing in a struct, reached with write-back
        words(out, NOP, adrp(21, CODE + 4, MODULES), add(21, 0x5c0), 0xaa0003f8, ldrBefore(0, 21, 0x50), RET);
        out.upTo(CODE + FUNCTION_BYTES);
        // devkmsg_open: another word first, and a call between ADRP and LDR of a register that survives it
        int from = CODE + FUNCTION_BYTES;
        words(out, adrp(19, from, PRB), adrp(1, from + 4, COMMAND_LINE), ldr(1, 1, 0x100), 0x94000010);
        words(out, ldr(0, 1, 0x20), ldr(0, 19, PRB & 0xfff), RET);
        out.upTo(CODE + 2 * FUNCTION_BYTES);
        words(out, adrp(1, out.position(), COMMAND_LINE), 0xa9be7bfd, ldr(1, 1, COMMAND_LINE & 0xfff), RET);
        out.upTo(MODULES).u64(modulesNext).u64(BASE + MODULES);
        out.upTo(PRB).u64(BASE + RING).upTo(RING).u32(COUNT_BITS).u32(0);
        out.u64(BASE + 0x100).u64(BASE + 0x200).u32(firstId).u32(0).u32(firstId).u32(0);
        return out.upTo(0x5000).toArray();
    }

    private static void words(ByteWriter out, int... words) {
        for (int word : words) {
            out.u32(word);
        }
    }

    private static SymbolTable complete(byte[] kernel) {
        SymbolTableBuilder table = new SymbolTableBuilder(4);
        long code = BASE + CODE;
        table.add("find_module_all", code, 0, 't').add("devkmsg_open", code + FUNCTION_BYTES, 0, 't');
        table.add("cmdline_proc_show", code + 2 * FUNCTION_BYTES, 0, 't');
        table.add("_etext", code + 3 * FUNCTION_BYTES, 0, 'T');
        Bytes image = Bytes.of("Image", kernel);
        return StaticSymbols.complete(table.build("test"), image, offset -> OptionalLong.of(BASE + offset));
    }

    @Test
    void namesWhatTheCodeOfAFunctionUses() {
        SymbolTable table = complete(kernel(BASE + MODULES, -((1 << COUNT_BITS) + 1)));
        assertThat(table.find("modules").map(Symbol::address)).contains(BASE + MODULES);
        assertThat(table.find("prb").map(Symbol::address)).contains(BASE + PRB);
        assertThat(table.find("saved_command_line").map(Symbol::address)).contains(BASE + COMMAND_LINE);
        assertThat(table.find("find_module_all").map(Symbol::sizeBytes)).contains((long) FUNCTION_BYTES);
    }

    @Test
    void namesNothingThatDoesNotLookAsItMust() {
        SymbolTable table = complete(kernel(BASE, 0));
        assertThat(table.find("modules")).isEmpty();
        assertThat(table.find("prb")).isEmpty();
    }
}
