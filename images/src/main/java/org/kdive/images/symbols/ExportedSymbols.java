package org.kdive.images.symbols;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.kdive.images.bytes.Bytes;

/**
 * What a kernel exports to its modules (include/linux/export-internal.h), found by its structure. A kernel built without
 * CONFIG_KALLSYMS_ALL names its functions only; this names the data that modules may use: init_task, jiffies and so on.
 *
 * <pre>
 * { s32 value, s32 name, s32 namespace }*   each counted from its own place (CONFIG_HAVE_ARCH_PREL32_RELOCATIONS)
 * { word value, word name, word namespace }*
 * without the namespace before 5.4
 * </pre>
 */
public final class ExportedSymbols {
    private static final List<String> ANCHORS = List.of("init_task", "jiffies", "loops_per_jiffy");
    private static final int MIN_ENTRIES = 16;
    private static final int MAX_ENTRIES = 1 << 18;
    private static final int MAX_NAME_BYTES = 512;
    private static final int MAX_ANCHOR_STRINGS = 16;

    private final Bytes image;
    private final LinkMap map;
    private final int wordBytes;
    private final boolean relative;
    private final int entryBytes;

    private ExportedSymbols(Bytes image, LinkMap map, int wordBytes, boolean relative, int fields) {
        this.image = image;
        this.map = map;
        this.wordBytes = wordBytes;
        this.relative = relative;
        this.entryBytes = fields * (relative ? 4 : wordBytes);
    }

    /** The table with what it lacks of the exported symbols; the same table if it is whole or none are found. */
    public static SymbolTable complete(SymbolTable table, Bytes image, int wordBytes, LinkMap map) {
        if (table.find(ANCHORS.get(0)).isPresent()) {
            return table;
        }
        Map<String, Long> exported = find(image, wordBytes, map);
        SymbolTableBuilder builder = new SymbolTableBuilder(table.size() + exported.size());
        exported.forEach((name, address) -> {
            if (table.find(name).isEmpty()) {
                builder.add(name, address, 0, isPerCpuOffset(address, wordBytes) ? 'A' : 'D');
            }
        });
        if (builder.count() == 0) {
            return table;
        }
        // A size is what separates a symbol from the next; those of the table stay what they are.
        table.copyTo(builder, 0);
        return builder.build(table.source());
    }

    private static boolean isPerCpuOffset(long address, int wordBytes) {
        return wordBytes == 8 && address >= 0;
    }

    /** Names and link-time addresses; empty if there are none to be found. */
    static Map<String, Long> find(Bytes image, int wordBytes, LinkMap map) {
        Map<String, Long> best = Map.of();
        for (String anchor : ANCHORS) {
            List<Integer> strings = stringsOf(image, anchor);
            for (boolean relative : new boolean[] {true, false}) {
                for (int fields : new int[] {3, 2}) {
                    Map<String, Long> found =
                            new ExportedSymbols(image, map, wordBytes, relative, fields).read(strings);
                    best = found.size() > best.size() ? found : best;
                }
            }
            if (!best.isEmpty()) {
                break;
            }
        }
        return best;
    }

    /** Linkers let a string share the end of a longer one: a NUL before it cannot be asked for. */
    private static List<Integer> stringsOf(Bytes image, String name) {
        byte[] needle = (name + "\0").getBytes(StandardCharsets.ISO_8859_1);
        List<Integer> found = new ArrayList<>();
        OptionalInt at = image.find(needle, 0);
        while (at.isPresent() && found.size() < MAX_ANCHOR_STRINGS) {
            found.add(at.getAsInt());
            at = image.find(needle, at.getAsInt() + 1L);
        }
        return found;
    }

    private Map<String, Long> read(List<Integer> strings) {
        Map<String, Long> best = Map.of();
        for (int string : strings) {
            long wanted = relative ? string : map.addressOf(string).orElse(0);
            if (wanted != 0) {
                OptionalInt entry = entryNaming(wanted);
                if (entry.isPresent()) {
                    Map<String, Long> found = table(entry.getAsInt());
                    best = found.size() > best.size() ? found : best;
                }
            }
        }
        return best.size() >= MIN_ENTRIES ? best : Map.of();
    }

    private OptionalInt entryNaming(long string) {
        int step = relative ? 4 : wordBytes;
        int last = image.size() - entryBytes;
        for (int at = 0; at <= last; at += step) {
            boolean names = relative
                    ? at + 4L + image.s32At(at + 4L) == string
                    : image.wordAt(at + (long) wordBytes, wordBytes) == string;
            if (names && isName(string(at))) {
                return OptionalInt.of(at);
            }
        }
        return OptionalInt.empty();
    }

    private Map<String, Long> table(int entry) {
        int first = entry;
        while (entry - first < MAX_ENTRIES * entryBytes && first >= entryBytes && isEntry(first - entryBytes)) {
            first -= entryBytes;
        }
        Map<String, Long> found = new LinkedHashMap<>();
        int at = first;
        while (found.size() < MAX_ENTRIES && image.holds(at, entryBytes) && isEntry(at)) {
            OptionalLong address = value(at);
            String name = image.cstringAt(string(at));
            address.ifPresent(known -> found.put(name, known));
            at += entryBytes;
        }
        return found;
    }

    private boolean isEntry(int at) {
        return isName(string(at)) && value(at).isPresent();
    }

    private OptionalLong value(int at) {
        if (!relative) {
            return OptionalLong.of(image.wordAt(at, wordBytes));
        }
        OptionalLong here = map.addressOf(at);
        return here.isEmpty() ? here : OptionalLong.of(here.getAsLong() + image.s32At(at));
    }

    /** Where in the image the entry's name is; outside of it if the entry is none. */
    private long string(int at) {
        if (relative) {
            return at + 4L + image.s32At(at + 4L);
        }
        OptionalLong here = map.addressOf(at);
        long address = image.wordAt(at + (long) wordBytes, wordBytes);
        // Flat images and the loaded segments that hold read-only data are one piece.
        return here.isEmpty() ? -1 : at + (address - here.getAsLong());
    }

    private boolean isName(long offset) {
        if (!image.holds(offset, 2)) {
            return false;
        }
        for (int length = 0; length < MAX_NAME_BYTES && image.holds(offset + length, 1); length++) {
            int c = image.u8At(offset + length);
            if (c == 0) {
                return length > 0;
            }
            boolean isLetter = c == '_' || c == '.' || c == '$' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!isLetter && !(length > 0 && c >= '0' && c <= '9')) {
                return false;
            }
        }
        return false;
    }
}
