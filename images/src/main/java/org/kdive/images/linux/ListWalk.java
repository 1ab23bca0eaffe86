package org.kdive.images.linux;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kdive.images.ImageException;

/**
 * The entries of a {@code struct list_head} list.
 *
 * @param entries addresses of the structs that the links are in
 * @param lost why the walk ended before it was back at its head; empty if it came round
 */
record ListWalk(List<Long> entries, String lost) {
    ListWalk {
        entries = List.copyOf(entries);
    }

    /**
     * @param linkOffset of the link in each entry
     * @param most entries; a list in broken memory may have no end
     */
    static ListWalk of(LiveKernel kernel, long head, long linkOffset, int most) {
        List<Long> entries = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        long link = head;
        try {
            // next is the first member of struct list_head: include/linux/types.h
            for (link = kernel.pointer(head); link != head; link = kernel.pointer(link)) {
                if (link == 0) {
                    // statically allocated heads are zero until the kernel gets to them
                    return new ListWalk(entries, entries.isEmpty() ? "" : "a link is zero");
                }
                if (!seen.add(link)) {
                    return new ListWalk(entries, "the list goes round at 0x%x without its head".formatted(link));
                }
                if (entries.size() == most) {
                    return new ListWalk(entries, "only the first %d are shown".formatted(most));
                }
                entries.add(link - linkOffset);
            }
        } catch (ImageException e) {
            return new ListWalk(entries, String.valueOf(e.getMessage()));
        }
        return new ListWalk(entries, "");
    }
}
