package org.kdive.images.linux;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.kdive.images.types.Member;
import org.kdive.images.types.StructType;

/** A struct's members by path, each looked up once: a walk asks for the same few a thousand times. */
final class Layout {
    private final StructType type;
    private final Map<String, Optional<Member>> members = new HashMap<>();

    Layout(StructType type) {
        this.type = type;
    }

    StructType type() {
        return type;
    }

    Optional<Member> find(String path) {
        return members.computeIfAbsent(path, type::findMember);
    }

    /** Throws Missing, naming the struct and the member. */
    Member require(String path) {
        return find(path).orElseGet(() -> type.requireMember(path));
    }

    long offset(String path) {
        return require(path).byteOffset();
    }

    /** The first of several spellings that this kernel has: the newest kernel's comes first. */
    Optional<Member> findFirst(String... paths) {
        for (String path : paths) {
            Optional<Member> found = find(path);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
