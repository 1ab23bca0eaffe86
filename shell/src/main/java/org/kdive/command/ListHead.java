package org.kdive.command;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.linux.TreeWalk;
import org.kdive.images.types.Member;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.expression.Value;

/**
 * Where a list or a tree begins, and what kind of one it is by its type.
 *
 * @param tag of its struct; empty for an untyped variable or a bare address
 */
record ListHead(long address, String tag) {
    private static final int MOST_MEMBERS_OF_A_HEAD = 4; // struct maple_tree, struct idr, struct klist
    private static final int MOST_NAMED = 8;
    private static final Set<String> HEADS = Set.of(
            "list_head",
            "hlist_head",
            "hlist_node",
            "llist_head",
            "rb_root",
            "rb_root_cached",
            "xarray",
            "idr",
            "ida",
            "maple_tree");

    /** Of the head itself, or of a pointer to it. */
    static ListHead of(Session session, String expression) {
        Value head = session.evaluate(expression);
        Type type = head.type().strip();
        Optional<StructType> struct = structure(type);
        if (struct.isPresent() && head.address().isPresent()) {
            requireHead(expression, struct);
            return new ListHead(head.address().getAsLong(), struct.get().name());
        }
        if (type instanceof PointerType pointer) {
            Optional<StructType> target = structure(pointer.target().type().strip());
            requireHead(expression, target);
            return new ListHead(head.bits(), target.map(StructType::name).orElse(""));
        }
        if (head.address().isPresent()
                && type.sizeBytes() > 0
                && type.sizeBytes() < session.types().pointerBytes()) {
            throw new SessionException(
                    "list: %s is of type %s, no list head".formatted(expression, type.cName()),
                    new SessionFailure.Usage(ListWalk.USAGE));
        }
        // a variable without a known type is meant itself; a number is an address
        boolean isUntyped = type.sizeBytes() == 0 && head.address().isPresent();
        return new ListHead(isUntyped ? head.address().getAsLong() : head.bits(), "");
    }

    // what begins with a pointer may be one that kdive does not know; a struct of many members is none
    private static void requireHead(String expression, Optional<StructType> struct) {
        if (struct.isEmpty() || struct.get().members().size() <= MOST_MEMBERS_OF_A_HEAD) {
            return;
        }
        List<String> inside = struct.get().members().stream()
                .filter(member -> structure(member.type().type().strip())
                        .filter(type -> HEADS.contains(type.name()))
                        .isPresent())
                .map(Member::name)
                .limit(MOST_NAMED)
                .toList();
        throw new SessionException(
                "list: %s is a %s, no list head%s"
                        .formatted(
                                expression,
                                struct.get().cName(),
                                inside.isEmpty() ? "" : "; it has " + String.join(", ", inside)),
                new SessionFailure.Usage(ListWalk.USAGE));
    }

    private static Optional<StructType> structure(Type type) {
        return type instanceof StructType struct ? Optional.of(struct) : Optional.empty();
    }

    /** Whether a link of this type is one of a red-black tree. */
    static boolean isNode(Type link) {
        return structure(link.strip())
                .filter(node -> node.name().equals("rb_node"))
                .isPresent();
    }

    boolean isRedBlack() {
        return tag.equals("rb_root") || tag.equals("rb_root_cached"); // which begins with the other
    }

    /** Numbers in use, and nothing behind them. */
    boolean isNumbers() {
        return tag.equals("ida");
    }

    /** Both of whose pointers point to itself when nothing is on it. */
    boolean isRing() {
        return tag.equals("list_head");
    }

    /** Whether no type tells what it is. */
    boolean isUnknown() {
        return tag.isEmpty();
    }

    /** A tree that knows its entries by index, not by a link inside of them. */
    boolean isIndexed() {
        return switch (tag) {
            case "xarray", "radix_tree_root", "idr", "ida", "maple_tree" -> true;
            default -> false;
        };
    }

    TreeWalk walk(Session session) {
        LiveKernel kernel = session.requireStop().kernel().live();
        return switch (tag) {
            case "idr" -> TreeWalk.ofIdr(kernel, address, session::checkInterrupt);
            case "ida" -> TreeWalk.ofIda(kernel, address, session::checkInterrupt);
            case "maple_tree" -> TreeWalk.ofMaple(kernel, address, session::checkInterrupt);
            default -> TreeWalk.ofXarray(kernel, address, session::checkInterrupt);
        };
    }
}
