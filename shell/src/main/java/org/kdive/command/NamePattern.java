package org.kdive.command;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** A regular expression for names, which Ctrl-C ends however much it goes back and tries again. Session thread. */
final class NamePattern {
    private static final int LETTERS_BETWEEN_LOOKS = 1 << 12;

    private final Session session;
    private final Pattern pattern;
    private int letters; // asked for so far

    /** Throws Usage for one that is none. */
    NamePattern(Session session, String regex, String usage) {
        this.session = session;
        try {
            this.pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new SessionException(
                    "\"%s\" is no regular expression: %s".formatted(regex, e.getDescription()),
                    new SessionFailure.Usage(usage),
                    e);
        }
    }

    /** Whether a part of the name matches. */
    boolean isIn(String name) {
        return pattern.matcher(new Looked(name)).find();
    }

    private void look() {
        if (++letters % LETTERS_BETWEEN_LOOKS == 0) {
            session.checkInterrupt();
        }
    }

    /** A name that notices how often it is looked at. */
    private final class Looked implements CharSequence {
        private final String name;

        Looked(String name) {
            this.name = name;
        }

        @Override
        public int length() {
            return name.length();
        }

        @Override
        public char charAt(int index) {
            look();
            return name.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return name.subSequence(start, end);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
