package org.kdive.images.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * A struct or union.
 *
 * @param name empty if it has none
 * @param members in the order declared; anonymous structs and unions are one member each
 */
public record StructType(String name, boolean isUnion, int bytes, List<Member> members) implements Type {
    /** Structs nested without a name: the kernel has a dozen. Bytes that say more, or loop, are searched so far. */
    private static final int MOST_NESTED = 4096;

    public StructType {
        members = List.copyOf(members);
    }

    @Override
    public long sizeBytes() {
        return bytes;
    }

    /**
     * By name or by path ({@code thread.sp}), also inside anonymous structs and unions; the offset counts from here.
     * Arrays are not entered.
     */
    public Optional<Member> findMember(String path) {
        String[] names = path.split("\\.", -1);
        Optional<Member> found = findHere(names[0], new Budget());
        for (int i = 1; i < names.length && found.isPresent(); i++) {
            Member outer = found.get();
            String name = names[i];
            found = outer.type().type().strip() instanceof StructType inner
                    ? inner.findHere(name, new Budget()).map(member -> member.within(outer))
                    : Optional.empty();
        }
        return found;
    }

    /** As {@link #findMember}, or an {@link ImageFailure.Missing} that names both. */
    public Member requireMember(String path) {
        return findMember(path)
                .orElseThrow(() -> new ImageException(
                        new ImageFailure.Missing(CPrinter.name(this), "there is no member called " + path)));
    }

    /** Every name that {@link #findMember} would take, without the paths: for completion. */
    public List<String> memberNames() {
        List<String> names = new ArrayList<>();
        collectNames(names, new Budget());
        return List.copyOf(names);
    }

    private Optional<Member> findHere(String wanted, Budget budget) {
        for (Member member : members) {
            if (member.name().equals(wanted) && !wanted.isEmpty()) {
                return Optional.of(member);
            }
        }
        for (Member member : members) {
            if (budget.mayEnter(member) && member.type().type().strip() instanceof StructType inner) {
                budget.depth++;
                Optional<Member> found = inner.findHere(wanted, budget);
                budget.depth--;
                if (found.isPresent()) {
                    return found.map(each -> each.within(member));
                }
            }
        }
        return Optional.empty();
    }

    private void collectNames(List<String> names, Budget budget) {
        for (Member member : members) {
            if (!member.name().isEmpty()) {
                names.add(member.name());
            } else if (budget.mayEnter(member) && member.type().type().strip() instanceof StructType inner) {
                budget.depth++;
                inner.collectNames(names, budget);
                budget.depth--;
            }
        }
    }

    private static final class Budget {
        private int left = MOST_NESTED;
        private int depth;

        boolean mayEnter(Member member) {
            return member.name().isEmpty() && depth < DEEPEST && left-- > 0;
        }
    }
}
