package org.kdive.images.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.KernelImage;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.symbols.SymbolTableBuilder;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;
import org.kdive.images.types.Function;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Member;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeRef;
import org.kdive.images.types.TypeTable;
import org.kdive.images.types.Variable;
import org.kdive.images.types.VoidType;

/** A little-endian 64-bit kernel that a test writes: its structs, its symbols and its memory, in blocks that it maps. */
final class FakeKernel implements Memory {
    static final Type U16 = new IntType("unsigned short", 2, false, false, false);
    static final Type U32 = new IntType("unsigned int", 4, false, false, false);
    static final Type S32 = new IntType("int", 4, true, false, false);
    static final Type U64 = new IntType("unsigned long", 8, false, false, false);
    static final Type POINTER = new PointerType(TypeRef.to(new VoidType()), 8);
    private static final Type CHAR = new IntType("char", 1, true, false, true);
    private static final int BLOCK_BYTES = 4096;

    private final Map<String, Type> types = new HashMap<>();
    private final SymbolTableBuilder symbols = new SymbolTableBuilder(16);
    private final Map<Long, byte[]> blocks = new HashMap<>();

    static Type text(int bytes) {
        return new ArrayType(TypeRef.to(CHAR), bytes);
    }

    static Type array(Type element, int count) {
        return new ArrayType(TypeRef.to(element), count);
    }

    static Member member(String name, int offset, Type type) {
        return new Member(name, TypeRef.to(type), 8L * offset, 0);
    }

    static Member bits(String name, int bitOffset, int bitSize) {
        return new Member(name, TypeRef.to(new IntType("unsigned char", 1, false, false, false)), bitOffset, bitSize);
    }

    StructType struct(String tag, int bytes, Member... members) {
        StructType type = new StructType(tag, false, bytes, List.of(members));
        types.put("struct " + tag, type);
        return type;
    }

    FakeKernel enumeration(String tag, String... names) {
        List<Enumerator> constants = new ArrayList<>();
        for (String name : names) {
            constants.add(new Enumerator(name, constants.size()));
        }
        types.put("enum " + tag, new EnumType(tag, 4, false, constants));
        return this;
    }

    FakeKernel symbol(String name, long address, char type) {
        symbols.add(name, address, 0, type);
        return this;
    }

    FakeKernel map(long address, int bytes) {
        for (long block = address & -BLOCK_BYTES; block < address + bytes; block += BLOCK_BYTES) {
            blocks.computeIfAbsent(block, start -> new byte[BLOCK_BYTES]);
        }
        return this;
    }

    FakeKernel put(long address, long value, int bytes) {
        map(address, bytes);
        for (int i = 0; i < bytes; i++) {
            block(address + i)[(int) (address + i & BLOCK_BYTES - 1)] = (byte) (value >>> 8 * i);
        }
        return this;
    }

    FakeKernel put(long address, long word) {
        return put(address, word, 8);
    }

    FakeKernel put(long address, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        map(address, bytes.length + 1);
        for (int i = 0; i < bytes.length; i++) {
            put(address + i, bytes[i], 1);
        }
        return this;
    }

    /** A list in this order; without entries its head points to itself. */
    FakeKernel list(long head, long... links) {
        long last = head;
        for (long link : links) {
            put(last, link).put(link + 8, last);
            last = link;
        }
        return put(last, head).put(head + 8, last);
    }

    LiveKernel live() {
        return live(this);
    }

    LiveKernel live(Memory memory) {
        Program program = Program.of(KernelImage.of("test", KernelBuilder.vmlinux()), symbols.build("symbols of test"))
                .slidBy(0);
        return LiveKernel.of(program, table(), memory);
    }

    /** Every mapped byte, for a fuzzer to spoil. */
    List<byte[]> blocks() {
        return blocks.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public byte[] read(long address, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = block(address + i)[(int) (address + i & BLOCK_BYTES - 1)];
        }
        return bytes;
    }

    private byte[] block(long address) {
        byte[] block = blocks.get(address & -BLOCK_BYTES);
        if (block == null) {
            throw ImageException.memoryFault(address);
        }
        return block;
    }

    private TypeTable table() {
        return new TypeTable() {
            @Override
            public Optional<Type> findType(String name) {
                return Optional.ofNullable(types.get(name));
            }

            @Override
            public Optional<Function> findFunction(String name) {
                return Optional.empty();
            }

            @Override
            public Optional<Variable> findVariable(String name) {
                return Optional.empty();
            }

            @Override
            public Optional<Enumerator> findEnumerator(String name) {
                return Optional.empty();
            }

            @Override
            public Optional<EnumType> findEnumOf(String constant) {
                return Optional.empty();
            }

            @Override
            public List<String> enumeratorNames(String prefix, int limit) {
                return List.of();
            }

            @Override
            public List<String> typeNames(String prefix, int limit) {
                return List.of();
            }

            @Override
            public String source() {
                return "types of test";
            }
        };
    }
}
