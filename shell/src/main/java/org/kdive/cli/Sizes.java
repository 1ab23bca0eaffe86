package org.kdive.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 512M}, {@code 2G}; a bare number is MiB, as QEMU's own. */
final class Sizes implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([KMGT]?)I?B?");

    @Override
    public Long convert(String words) {
        Matcher matcher = SIZE.matcher(words.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("\"" + words + "\" is no size: 512M, 2G");
        }
        int shift = matcher.group(2).isEmpty() ? 20 : 10 + 10 * "KMGT".indexOf(matcher.group(2));
        return Long.parseLong(matcher.group(1)) << shift;
    }
}
