package org.kdive.images.symbols;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.kdive.images.bytes.Bytes;

/**
 * Names a few data of a kernel for arm64 whose kallsyms name functions only (no CONFIG_KALLSYMS_ALL) and which it does not
 * export: found in the code of functions that use them, and believed only if the bytes there look as they must.
 */
public final class StaticSymbols {
    private static final int MAX_FUNCTION_BYTES = 4096;
    private static final int WORD_BYTES = 8;
    private static final int MIN_COUNT_BITS = 5;
    private static final int MAX_COUNT_BITS = 22;

    private final SymbolTable table;
    private final Bytes image;
    private final LinkMap map;
    private final long base;
    private final boolean live; // data are of this moment, and not as before boot

    private StaticSymbols(SymbolTable table, Bytes image, LinkMap map, long base, boolean live) {
        this.table = table;
        this.image = image;
        this.map = map;
        this.base = base;
        this.live = live;
    }

    /**
     * The table with what could be found; the same if nothing lacked or nothing was.
     *
     * @param image flat: an address is its offset over the address of the first byte
     */
    public static SymbolTable complete(SymbolTable table, Bytes image, LinkMap map) {
        return complete(table, image, map, false);
    }

    /** The same for a kernel out of the memory it runs in: its lists are no longer empty. */
    public static SymbolTable completeLive(SymbolTable table, Bytes memory, LinkMap map) {
        return complete(table, memory, map, true);
    }

    private static SymbolTable complete(SymbolTable table, Bytes image, LinkMap map, boolean live) {
        OptionalLong base = map.addressOf(0);
        if (base.isEmpty() || table.find("saved_command_line").isPresent()) {
            return table;
        }
        Map<String, Long> found = new StaticSymbols(table, image, map, base.getAsLong(), live).find();
        SymbolTableBuilder builder = new SymbolTableBuilder(table.size() + found.size());
        found.entrySet().stream()
                .filter(entry -> table.find(entry.getKey()).isEmpty())
                .forEach(entry -> builder.add(entry.getKey(), entry.getValue(), sizeOf(entry.getKey()), 'd'));
        if (builder.count() == 0) {
            return table;
        }
        table.copyTo(builder, 0);
        return builder.build(table.source());
    }

    // what is far and wide the only data with a name must not lend it to its neighbours
    private static long sizeOf(String name) {
        return name.startsWith(SyscallRecords.NAME) ? SyscallRecords.RECORD_BYTES : 0;
    }

    private Map<String, Long> find() {
        Map<String, Long> found = new LinkedHashMap<>();
        first(List.of("find_module_all", "print_modules"), Arm64References::addresses, this::isList)
                .ifPresent(address -> found.put("modules", address));
        // list of the modules' types, since 5.11; its mutex beside it begins with no pointer
        first(
                        List.of("btf_try_get_module", "btf_get_module_btf", "btf_module_notify"),
                        Arm64References::addresses,
                        this::isList)
                .ifPresent(address -> found.put("btf_modules", address));
        first(List.of("devkmsg_open", "devkmsg_llseek", "vprintk_store"), Arm64References::loads, this::isLogPointer)
                .ifPresent(address -> found.put("prb", address));
        // shows it and nothing else; a function may load the stack protector's word as well, which has a name
        first(List.of("cmdline_proc_show"), Arm64References::loads, this::isNameless)
                .ifPresent(address -> found.put("saved_command_line", address));
        // u32 *vmcoreinfo_note: all that its physical address is made of, but for what the kernel exports
        first(List.of("paddr_vmcoreinfo_note"), Arm64References::loads, this::isNameless)
                .ifPresent(address -> found.put("vmcoreinfo_note", address));
        first(List.of("start_kernel"), Arm64References::addresses, this::isBanner)
                .ifPresent(address -> found.put("linux_banner", address));
        first(List.of("do_el0_svc", "el0_svc"), Arm64References::addresses, this::isSyscallTable)
                .ifPresent(address -> found.put("sys_call_table", address));
        found.putAll(syscalls());
        return found;
    }

    private Map<String, Long> syscalls() {
        SyscallRecords records = new SyscallRecords(image, base, this::word);
        if (live) {
            return records.anywhere();
        }
        return first(List.of("init_ftrace_syscalls", "find_syscall_meta"), Arm64References::addresses, records::isTable)
                .map(records::ofTable)
                .orElse(Map.of());
    }

    private Optional<Long> first(
            List<String> functions, Function<Arm64References, List<Long>> kind, LongPredicate isRight) {
        return functions.stream()
                .flatMap(name -> table.findAll(name).stream())
                .flatMap(function -> kind.apply(references(function)).stream())
                .filter(isRight::test)
                .findFirst();
    }

    private Arm64References references(Symbol function) {
        long offset = function.address() - base;
        long length = Math.min(MAX_FUNCTION_BYTES, function.sizeBytes());
        Bytes code = image.holds(offset, length) ? image.slice(offset, length) : image.slice(0, 0);
        return Arm64References.of(code, function.address());
    }

    // what is on the list is elsewhere in the kernel's half of the addresses
    private boolean isList(long address) {
        return isListOfNothing(address)
                || live
                        && holds(address, 2 * WORD_BYTES)
                        && isOutside(word(address))
                        && isOutside(word(address + WORD_BYTES));
    }

    private boolean isOutside(long pointer) {
        return pointer < 0 && pointer % WORD_BYTES == 0 && !image.holds(pointer - base, 1);
    }

    /** A list head as LIST_HEAD makes it: both its pointers are to itself. */
    private boolean isListOfNothing(long address) {
        return holds(address, 2 * WORD_BYTES) && word(address) == address && word(address + WORD_BYTES) == address;
    }

    // struct printk_ringbuffer (since 5.10): u32 count_bits, descs*, infos*, head_id, tail_id, ...; ids count from one
    // round before 0, as a u32, so that the first of all is known for one (kernel/printk/printk_ringbuffer.h, DESC0_ID)
    private boolean isLogPointer(long address) {
        if (!holds(address, WORD_BYTES) || !holds(word(address), 5 * WORD_BYTES)) {
            return false;
        }
        long ring = word(address);
        long bits = image.u32At(ring - base);
        if (bits < MIN_COUNT_BITS || bits > MAX_COUNT_BITS) {
            return false;
        }
        long head = image.u64At(ring + 3 * WORD_BYTES - base);
        return isInside(word(ring + WORD_BYTES))
                && isInside(word(ring + 2 * WORD_BYTES))
                && (int) head == -((1 << bits) + 1)
                && image.u64At(ring + 4 * WORD_BYTES - base) == head;
    }

    // include/uapi/asm-generic/unistd.h: number 0
    private boolean isSyscallTable(long address) {
        return holds(address, WORD_BYTES)
                && table.findAll("__arm64_sys_io_setup").stream()
                        .anyMatch(function -> function.address() == word(address));
    }

    private boolean isBanner(long address) {
        return image.holdsAt(address - base, "Linux version ".getBytes(StandardCharsets.US_ASCII));
    }

    private boolean isNameless(long address) {
        return address % WORD_BYTES == 0
                && table.at(address).filter(s -> s.address() == address).isEmpty();
    }

    /** Zeroed data are behind the image's last byte. */
    private boolean isInside(long address) {
        return address >= base && address < base + 2L * image.size();
    }

    private boolean holds(long address, int bytes) {
        return address % WORD_BYTES == 0 && image.holds(address - base, bytes);
    }

    private long word(long address) {
        return map.relocated(address - base, image.u64At(address - base));
    }
}
