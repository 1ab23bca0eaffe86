package org.kdive.images.patches;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.KernelImage;
import org.kdive.images.Memory;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.Section;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;

/** Where an x86-64 kernel patches its code, by its own tables. */
final class X86PatchSites {
    private static final int NEAR_CALL_BYTES = 5;

    private final KernelImage image;
    private final SymbolTable symbols;
    private final Memory linked;
    private final List<PatchSite> sites = new ArrayList<>();

    X86PatchSites(KernelImage image, SymbolTable symbols) {
        this.image = image;
        this.symbols = symbols;
        this.linked = image.linkMemory();
    }

    List<PatchSite> all() {
        alternatives();
        paravirt();
        relative(".retpoline_sites", PatchKind.RETPOLINE, 0);
        relative(".return_sites", PatchKind.RETURN, NEAR_CALL_BYTES);
        relative(".smp_locks", PatchKind.LOCK, 1);
        relative(".ibt_endbr_seal", PatchKind.ENDBR, 4);
        jumpLabels();
        staticCalls();
        ftrace();
        return sites;
    }

    /** A table, and where it is linked. */
    private record Table(Bytes bytes, long address) {}

    private Optional<Table> section(String name) {
        Optional<Section> section = image.findSection(name);
        return section.map(found -> new Table(image.sectionBytes(name).orElseThrow(), found.address()));
    }

    private Optional<Table> between(String start, String stop) {
        Optional<Symbol> first = symbols.find(start);
        Optional<Symbol> end = symbols.find(stop);
        if (first.isEmpty()
                || end.isEmpty()
                || end.get().address() - first.get().address() > 64 << 20) {
            return Optional.empty();
        }
        long address = first.get().address();
        byte[] bytes = linked.read(address, (int) Math.max(0, end.get().address() - address));
        return Optional.of(new Table(Bytes.of(start, bytes).withOrder(image.byteOrder()), address));
    }

    // struct alt_instr: s32 place, s32 replacement, then flags, and two bytes of lengths, the place's first. It was 13
    // bytes
    // with a third length until 5.16, 12 until 6.3 and is 14 since: arch/x86/include/asm/alternative.h
    private void alternatives() {
        section(".altinstructions").ifPresent(table -> {
            for (int size : new int[] {14, 12, 13}) {
                List<PatchSite> found = alternatives(table, size);
                if (!found.isEmpty()) {
                    sites.addAll(found);
                    return;
                }
            }
        });
    }

    private List<PatchSite> alternatives(Table table, int entryBytes) {
        int lengthAt = entryBytes == 14 ? 12 : 10;
        List<PatchSite> found = new ArrayList<>();
        for (long at = 0; at + entryBytes <= table.bytes().size(); at += entryBytes) {
            long place = table.address() + at + table.bytes().s32At(at);
            int length = table.bytes().u8At(at + lengthAt);
            if (!isCode(place) || length < table.bytes().u8At(at + lengthAt + 1)) {
                return List.of(); // the entries are of another size
            }
            found.add(new PatchSite(PatchKind.ALTERNATIVE, place, length));
        }
        return found;
    }

    // struct paravirt_patch_site, until 6.8: the address, a kind, a length, and up to 8 bytes more
    private void paravirt() {
        section(".parainstructions").ifPresent(table -> {
            for (long at = 0; at + 10 <= table.bytes().size(); at += 16) {
                long place = table.bytes().u64At(at);
                sites.add(new PatchSite(PatchKind.PARAVIRT, place, table.bytes().u8At(at + 9)));
            }
        });
    }

    // offsets from their own places; length 0: of the instruction that stands there
    private void relative(String section, PatchKind kind, int lengthBytes) {
        section(section).ifPresent(table -> {
            for (long at = 0; at + 4 <= table.bytes().size(); at += 4) {
                long place = table.address() + at + table.bytes().s32At(at);
                sites.add(new PatchSite(kind, place, lengthBytes == 0 ? branchBytes(place) : lengthBytes));
            }
        });
    }

    // struct jump_entry: s32 place, s32 target, s64 key
    private void jumpLabels() {
        between("__start___jump_table", "__stop___jump_table").ifPresent(table -> {
            for (long at = 0; at + 16 <= table.bytes().size(); at += 16) {
                long place = table.address() + at + table.bytes().s32At(at);
                sites.add(new PatchSite(PatchKind.JUMP_LABEL, place, jumpBytes(place)));
            }
        });
    }

    // struct static_call_site: s32 place, s32 key; and the trampolines that calls without a site go through
    private void staticCalls() {
        between("__start_static_call_sites", "__stop_static_call_sites").ifPresent(table -> {
            for (long at = 0; at + 8 <= table.bytes().size(); at += 8) {
                long place = table.address() + at + table.bytes().s32At(at);
                sites.add(new PatchSite(PatchKind.STATIC_CALL, place, branchBytes(place)));
            }
        });
        for (String trampoline : symbols.withPrefix("__SCT__", 10_000)) {
            symbols.find(trampoline)
                    .ifPresent(symbol -> sites.add(new PatchSite(PatchKind.STATIC_CALL, symbol.address(), 8)));
        }
    }

    private void ftrace() {
        between("__start_mcount_loc", "__stop_mcount_loc").ifPresent(table -> {
            for (long at = 0; at + 8 <= table.bytes().size(); at += 8) {
                sites.add(new PatchSite(PatchKind.FTRACE, table.bytes().u64At(at), NEAR_CALL_BYTES));
            }
        });
    }

    private boolean isCode(long address) {
        return symbols.at(address).filter(Symbol::isText).isPresent();
    }

    // call and jmp, with cs prefixes or none, and the conditional jumps of two bytes
    private int branchBytes(long place) {
        int prefixes = 0;
        while (prefixes < 4 && byteAt(place + prefixes) == 0x2e) {
            prefixes++;
        }
        return prefixes + (byteAt(place + prefixes) == 0x0f ? NEAR_CALL_BYTES + 1 : NEAR_CALL_BYTES);
    }

    // jmp short, or the two-byte nop that may become one
    private int jumpBytes(long place) {
        int first = byteAt(place);
        return first == 0xeb || first == 0x66 ? 2 : NEAR_CALL_BYTES;
    }

    private int byteAt(long address) {
        try {
            return linked.read(address, 1)[0] & 0xff;
        } catch (ImageException e) {
            return 0; // per-CPU or discarded: nothing that is compared lies there
        }
    }
}
