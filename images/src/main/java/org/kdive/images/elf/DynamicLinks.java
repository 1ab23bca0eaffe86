package org.kdive.images.elf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.bytes.Bytes;

/**
 * What a program or library asks of the dynamic linker. gABI, "Dynamic Section" and "Program Interpreter".
 *
 * @param interpreter the linker that the kernel is to start; empty for libraries and for static programs
 * @param needed names of libraries, as the program spells them
 * @param searchPaths where to look for them first, in order, with {@code $ORIGIN} and its like still in them
 */
public record DynamicLinks(Optional<String> interpreter, List<String> needed, List<String> searchPaths) {
    private static final int PT_DYNAMIC = 2;
    private static final int PT_INTERP = 3;
    private static final int DT_NULL = 0;
    private static final int DT_NEEDED = 1;
    private static final int DT_STRTAB = 5;
    private static final int DT_RPATH = 15;
    private static final int DT_RUNPATH = 29;

    public DynamicLinks {
        needed = List.copyOf(needed);
        searchPaths = List.copyOf(searchPaths);
    }

    public static DynamicLinks of(ElfFile elf) {
        Optional<String> interpreter = contents(elf, PT_INTERP).map(text -> text.size() == 0 ? "" : text.cstringAt(0));
        return contents(elf, PT_DYNAMIC)
                .map(table -> read(elf, table, interpreter))
                .orElse(new DynamicLinks(interpreter, List.of(), List.of()));
    }

    private static Optional<Bytes> contents(ElfFile elf, int type) {
        return elf.segments().stream()
                .filter(segment -> segment.type() == type)
                .findFirst()
                .map(segment -> elf.bytes().slice(segment.offset(), segment.fileBytes()));
    }

    private static DynamicLinks read(ElfFile elf, Bytes table, Optional<String> interpreter) {
        List<Long> needed = new ArrayList<>();
        List<Long> paths = new ArrayList<>();
        OptionalLong strings = OptionalLong.empty();
        int word = elf.wordBytes();
        for (long at = 0; table.holds(at, 2L * word); at += 2L * word) {
            long tag = table.wordAt(at, word);
            long value = table.wordAt(at + word, word);
            if (tag == DT_NULL) {
                break;
            } else if (tag == DT_NEEDED) {
                needed.add(value);
            } else if (tag == DT_RPATH || tag == DT_RUNPATH) {
                paths.add(value);
            } else if (tag == DT_STRTAB) {
                strings = elf.offsetOf(value);
            }
        }
        if (strings.isEmpty()) {
            return new DynamicLinks(interpreter, List.of(), List.of());
        }
        long start = strings.getAsLong();
        return new DynamicLinks(
                interpreter,
                needed.stream().map(at -> elf.bytes().cstringAt(start + at)).toList(),
                paths.stream()
                        .flatMap(at -> List.of(elf.bytes().cstringAt(start + at).split(":")).stream())
                        .filter(path -> !path.isEmpty())
                        .toList());
    }
}
