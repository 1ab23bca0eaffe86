package org.kdive.command;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;

/**
 * The links of a {@code list_head}, {@code hlist_head} or {@code llist_head}.
 *
 * @param end how it ended if it did not end well, to stand behind the count
 */
record LinkedEntries(List<Long> links, String end) {
    private static final int MOST_ENTRIES = 100_000;

    LinkedEntries {
        links = List.copyOf(links);
    }

    static LinkedEntries from(Session session, ListHead head) {
        List<Long> links = new ArrayList<>();
        String end = walk(session, head, links);
        return new LinkedEntries(links, end.isEmpty() && head.isRing() ? doubt(session, head, links) : end);
    }

    /** What is wrong with a ring that was walked to its end, or to a null pointer. */
    private static String doubt(Session session, ListHead head, List<Long> links) {
        long first = word(session, head.address());
        if (first == 0) {
            return "; the head at 0x%x is zero: not initialised yet, an empty list points to itself"
                    .formatted(head.address());
        }
        if (links.isEmpty()) {
            return "";
        }
        int pointerBytes = session.types().pointerBytes();
        if (word(session, links.get(links.size() - 1)) == 0) {
            return "; then a null pointer, which ends no list_head's list";
        }
        long back = word(session, first + pointerBytes);
        return back == head.address()
                ? ""
                : "; but the first of them points back to 0x%x, not to the head at 0x%x: no list, or being changed"
                        .formatted(back, head.address());
    }

    // list_head, hlist_head, hlist_node and the lock-less ones begin with the way forward
    private static long word(Session session, long address) {
        Types types = session.types();
        return Value.inMemory(
                        types.c("unsigned long"), address, session.requireStop().memory(), types.order())
                .bits();
    }

    /** The links, and how the list ended if it did not end well. */
    private static String walk(Session session, ListHead from, List<Long> entries) {
        Set<Long> seen = new HashSet<>();
        long head = from.address();
        long node = head;
        try {
            while (true) {
                session.checkInterrupt();
                node = word(session, node);
                if (node == head || node == 0 || (node & 1) == 1) {
                    boolean isZero = node == 0 && entries.isEmpty() && from.isUnknown();
                    return isZero ? "; the word at 0x%x is zero: nothing, or no list yet".formatted(head) : "";
                }
                if (!seen.add(node)) {
                    return "; then a link leads back to 0x%x".formatted(node);
                }
                if (entries.size() == MOST_ENTRIES) {
                    return "; there are more";
                }
                entries.add(node);
            }
        } catch (SessionException e) {
            if (e.failure() instanceof SessionFailure.Unreadable && !entries.isEmpty()) {
                entries.remove(entries.size() - 1); // what could not be read is no entry
                return "; then a link to 0x%x, which cannot be read".formatted(node);
            }
            throw e;
        }
    }
}
