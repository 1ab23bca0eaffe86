package org.kdive.images.unwind;

import java.util.List;
import java.util.Optional;

/** ORC entries by address: of a kernel where it runs, of its modules, or of all of them. */
public interface OrcLookup {
    /** Empty if no table covers the address. */
    Optional<OrcTable.Found> find(long address);

    /** The first that covers the address. */
    static OrcLookup firstOf(List<OrcLookup> tables) {
        List<OrcLookup> all = List.copyOf(tables);
        return address ->
                all.stream().flatMap(table -> table.find(address).stream()).findFirst();
    }
}
