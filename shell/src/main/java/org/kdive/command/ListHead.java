package org.kdive.command;

import java.util.Optional;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.linux.TreeWalk;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.session.Session;
import org.kdive.session.expression.Value;

/**
 * Where a list or a tree begins, and what kind of one it is by its type.
 *
 * @param tag of its struct; empty for an untyped variable or a bare address
 */
record ListHead(long address, String tag) {
    /** Of the head itself, or of a pointer to it. */
    static ListHead of(Session session, String expression) {
        Value head = session.evaluate(expression);
        Type type = head.type().strip();
        Optional<StructType> struct = structure(type);
        if (struct.isPresent() && head.address().isPresent()) {
            return new ListHead(head.address().getAsLong(), struct.get().name());
        }
        if (type instanceof PointerType pointer) {
            return new ListHead(
                    head.bits(),
                    structure(pointer.target().type().strip())
                            .map(StructType::name)
                            .orElse(""));
        }
        // a variable without a known type is meant itself; a number is an address
        boolean isUntyped = type.sizeBytes() == 0 && head.address().isPresent();
        return new ListHead(isUntyped ? head.address().getAsLong() : head.bits(), "");
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

    /** A tree that knows its entries by index, not by a link inside of them. */
    boolean isIndexed() {
        return switch (tag) {
            case "xarray", "radix_tree_root", "idr", "maple_tree" -> true;
            default -> false;
        };
    }

    TreeWalk walk(Session session) {
        LiveKernel kernel = session.requireStop().kernel().live();
        return switch (tag) {
            case "idr" -> TreeWalk.ofIdr(kernel, address, session::checkInterrupt);
            case "maple_tree" -> TreeWalk.ofMaple(kernel, address, session::checkInterrupt);
            default -> TreeWalk.ofXarray(kernel, address, session::checkInterrupt);
        };
    }
}
