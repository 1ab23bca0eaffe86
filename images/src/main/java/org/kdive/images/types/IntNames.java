package org.kdive.images.types;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The many spellings of C's integers. */
public final class IntNames {
    private static final Set<String> WORDS = Set.of("long", "short", "int", "char", "signed", "unsigned");

    private IntNames() {}

    /** gdb's spelling: {@code long unsigned int} is {@code unsigned long}. Other names come back as they are. */
    public static String canonical(String name) {
        List<String> words = Arrays.asList(name.strip().split("\\s+"));
        if (name.isBlank() || !WORDS.containsAll(words)) {
            return name;
        }
        long longs = words.stream().filter("long"::equals).count();
        String sign = words.contains("unsigned") ? "unsigned " : "";
        if (words.contains("char")) {
            return (words.contains("signed") ? "signed " : sign) + "char";
        }
        if (words.contains("short")) {
            return sign + "short";
        }
        return sign + (longs == 0 ? "int" : longs == 1 ? "long" : "long long");
    }
}
