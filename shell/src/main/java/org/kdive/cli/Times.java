package org.kdive.cli;

import java.time.Duration;
import org.kdive.command.Words;
import org.kdive.session.SessionException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 60s}, {@code 500ms}, {@code 2m}, as the commands read it. */
final class Times implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String words) {
        try {
            return Words.time(words);
        } catch (SessionException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
