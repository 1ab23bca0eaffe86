package org.kdive.images.fuzz;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;
import org.kdive.images.btf.Btf;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.ExportedSymbols;
import org.kdive.images.symbols.Kallsyms;
import org.kdive.images.symbols.RustName;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.symbols.SystemMap;
import org.kdive.images.types.CPrinter;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.unwind.EhabiUnwinder;
import org.kdive.images.unwind.ExidxTable;
import org.kdive.images.unwind.OrcTable;
import org.kdive.images.unwind.OrcVersion;
import org.kdive.images.unwind.RegisterValues;

/** Symbols, types and unwind tables, asked all they can be asked. */
public final class TableReaders {
    static final long BASE = 0xffffffff81000000L;
    static final long ARM_BASE = 0xc0008000L;

    private static final int MAX_NAME_CHARS = 1 << 20;

    private TableReaders() {}

    static void kallsyms(byte[] input) {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            Bytes image = Bytes.of("kallsyms", input).withOrder(order);
            for (int wordBytes : new int[] {8, 4}) {
                long base = wordBytes == 8 ? BASE : ARM_BASE;
                Kallsyms.find(image, 0, wordBytes, offset -> OptionalLong.of(base + offset))
                        .ifPresent(TableReaders::ask);
            }
        }
    }

    /** What is found is sound. */
    private static void ask(SymbolTable table) {
        require(table.stream().count() == table.size(), "a table of its size");
        table.stream().limit(50).forEach(symbol -> {
            require(table.findAll(symbol.name()).contains(symbol), "found by its name");
            table.at(symbol.address() + 1);
        });
        table.withPrefix("s", 3);
        table.closest("symbl_1", 3);
    }

    static void exports(byte[] input) {
        for (int wordBytes : new int[] {8, 4}) {
            long base = wordBytes == 8 ? BASE : ARM_BASE;
            ask(ExportedSymbols.complete(
                    SymbolTable.empty("none"),
                    Bytes.of("exports", input),
                    wordBytes,
                    offset -> OptionalLong.of(base + offset)));
        }
    }

    static void systemMap(byte[] input) {
        Bytes text = Bytes.of("System.map", input);
        KernelReaders.quietly(() -> ask(SystemMap.readProcKallsyms(text)));
        ask(SystemMap.read(text));
    }

    static void rustName(byte[] input) {
        String name = new String(input, StandardCharsets.ISO_8859_1);
        RustName.readable(name);
        require(RustName.demangle(name).map(String::length).orElse(0) < MAX_NAME_CHARS, "a name of bounded length");
    }

    static void btf(byte[] input) {
        btfTypes(input);
    }

    /** How many of the blob's types could be printed. */
    public static int btfTypes(byte[] blob) {
        Btf.find(Bytes.of("btf", blob));
        Btf btf = Btf.read(Bytes.of("btf", blob), 8);
        btf.findEnumerator("t1");
        btf.findVariable("t1");
        btf.findFunction("t2");
        btf.findByAnyName("t1");
        btf.typeNames("struct", 10);
        int printed = 0;
        for (int id = 0; id <= btf.count(); id++) {
            printed += isReadable(btf, id) ? 1 : 0;
        }
        return printed;
    }

    private static boolean isReadable(Btf btf, int id) {
        try {
            Type type = btf.type(id);
            require(type.cName().length() < MAX_NAME_CHARS, "a name of bounded length");
            CPrinter.describe(type);
            CPrinter.layout(type);
            type.sizeBytes();
            if (type.strip() instanceof StructType struct) {
                struct.memberNames();
                struct.findMember("t1.t2.t3");
            }
            return true;
        } catch (ImageException e) {
            ParserFuzz.requireFitForAUser(e);
            return false;
        }
    }

    /** A byte for the version, then as many of the 4-byte addresses as of the 6-byte entries that fit. */
    static void orc(byte[] input) {
        Bytes bytes = Bytes.of("orc", input);
        OrcVersion[] versions = OrcVersion.values();
        OrcVersion version = versions[bytes.u8() % versions.length];
        int count = bytes.remaining() / 10;
        OrcTable table = OrcTable.of(bytes.take(4L * count), bytes.take(6L * count), BASE, version);
        for (int i = 0; i < 64; i++) {
            long address = BASE + 16L * i;
            KernelReaders.quietly(() -> table.find(address));
        }
    }

    /** Two words, where the table is and how many entries it has, then the image that holds it, which is the stack too. */
    static void exidx(byte[] input) {
        Bytes bytes = Bytes.of("exidx", input);
        int tableOffset = bytes.s32();
        int count = bytes.s32();
        Bytes image = bytes.take(bytes.remaining()).named("exidx");
        ExidxTable table = ExidxTable.of(image, ARM_BASE, tableOffset, count);
        Memory stack = (address, length) -> {
            if (!image.holds(address - ARM_BASE, length)) {
                throw ImageException.memoryFault(address);
            }
            return image.toArray(address - ARM_BASE, length);
        };
        for (int offset = 0; offset < 0x400; offset += 0x40) {
            Map<String, Long> registers =
                    Map.of("pc", ARM_BASE + offset, "sp", ARM_BASE + 16, "lr", ARM_BASE + 0x200, "r11", ARM_BASE + 64);
            require(
                    new EhabiUnwinder(table, stack)
                                    .unwind(RegisterValues.of(registers), 32)
                                    .frames()
                                    .size()
                            <= 32,
                    "a backtrace within its limit");
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("not " + what);
        }
    }
}
