package org.kdive.images.linux;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.StructType;
import org.kdive.images.types.TypeTable;

/** A kernel's symbols and types over the memory it runs in. Belongs to the thread that reads the memory. */
public final class LiveKernel {
    private static final int STRING_STEP_BYTES = 64;

    private final Program program;
    private final TypeTable types;
    private final Memory memory;
    private final ByteOrder order;
    private final int pointerBytes;
    private final Map<String, Layout> layouts = new HashMap<>();
    private @Nullable VmcoreInfo vmcoreInfo; // null until the kernel has written it
    private boolean askedForVmcoreInfo;

    private LiveKernel(Program program, TypeTable types, Memory memory) {
        this.program = program;
        this.types = types;
        this.memory = memory;
        this.order = program.image().byteOrder();
        this.pointerBytes = program.image().architecture().pointerBytes();
    }

    /**
     * @param program slid to where the kernel runs
     * @param memory run-time virtual
     */
    public static LiveKernel of(Program program, TypeTable types, Memory memory) {
        return new LiveKernel(program, types, memory);
    }

    public Program program() {
        return program;
    }

    public TypeTable types() {
        return types;
    }

    public Memory memory() {
        return memory;
    }

    int pointerBytes() {
        return pointerBytes;
    }

    ByteOrder order() {
        return order;
    }

    /** A symbol's address, from the table or from what the kernel itself tells; empty if neither has the name. */
    public OptionalLong findAddress(String symbol) {
        OptionalLong known = findInTable(symbol);
        return known.isPresent()
                ? known
                : vmcoreInfo().map(told -> told.symbol(symbol)).orElse(OptionalLong.empty());
    }

    OptionalLong findInTable(String symbol) {
        return program.findSymbol(symbol).stream().mapToLong(Symbol::address).findFirst();
    }

    /** What the kernel tells the readers of its memory; empty until it has written it. Read once. */
    public Optional<VmcoreInfo> vmcoreInfo() {
        if (!askedForVmcoreInfo) {
            askedForVmcoreInfo = true;
            vmcoreInfo = VmcoreInfo.of(this).orElse(null);
        }
        return Optional.ofNullable(vmcoreInfo);
    }

    /** As {@link #findAddress}, or a Missing that says what the kernel was built without. */
    long requireAddress(String symbol) {
        return findAddress(symbol)
                .orElseThrow(() -> new ImageException(new ImageFailure.Missing(
                        program.symbols().source(),
                        "no symbol \"%s\": a kernel without CONFIG_KALLSYMS_ALL names functions only"
                                .formatted(symbol))));
    }

    /** An object of a struct type at an address. */
    KernelObject object(String tag, long address) {
        return new KernelObject(this, layout(tag), address);
    }

    boolean hasStruct(String tag) {
        return types.findType("struct " + tag)
                .filter(type -> type.strip() instanceof StructType)
                .isPresent();
    }

    Layout layout(String tag) {
        Layout known = layouts.get(tag);
        if (known == null) {
            known = new Layout(types.requireStruct(tag));
            layouts.put(tag, known);
        }
        return known;
    }

    /** An unsigned number of 1 to 8 bytes. */
    public long number(long address, int bytes) {
        byte[] raw = memory.read(address, bytes);
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | raw[order == ByteOrder.LITTLE_ENDIAN ? bytes - 1 - i : i] & 0xff;
        }
        return value;
    }

    /** A pointer, or another {@code unsigned long}. */
    long pointer(long address) {
        return number(address, pointerBytes);
    }

    Bytes bytes(String what, long address, int length) {
        return Bytes.of("%s at 0x%x".formatted(what, address), memory.read(address, length))
                .withOrder(order);
    }

    /** Latin-1 up to the NUL, or as much as {@code most} bytes, or up to where the memory ends. */
    String text(long address, int most) {
        StringBuilder text = new StringBuilder();
        while (text.length() < most) {
            long here = address + text.length();
            // never over the edge of an aligned block: the next page may not be there
            int step = (int) Math.min(STRING_STEP_BYTES - (here & STRING_STEP_BYTES - 1), most - text.length());
            Optional<byte[]> block = tryRead(here, step);
            if (block.isEmpty() && text.length() == 0) {
                throw ImageException.memoryFault(here);
            }
            String more = new String(block.orElse(new byte[1]), StandardCharsets.ISO_8859_1);
            int end = more.indexOf('\0');
            text.append(end < 0 ? more : more.substring(0, end));
            if (end >= 0) {
                break;
            }
        }
        return text.toString();
    }

    private Optional<byte[]> tryRead(long address, int length) {
        try {
            return Optional.of(memory.read(address, length));
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
