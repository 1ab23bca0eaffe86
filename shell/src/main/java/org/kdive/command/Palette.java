package org.kdive.command;

/** The colours of a terminal, by ECMA-48 "select graphic rendition"; the 16 that every theme defines. */
public final class Palette {
    private static final String PLAIN = "\u001b[0m";

    private Palette() {}

    /** The text between its escape sequences. */
    public static String paint(Output.Style style, String text) {
        return text.isEmpty() ? text : "\u001b[" + rendition(style) + "m" + text + PLAIN;
    }

    private static String rendition(Output.Style style) {
        return switch (style) {
            case ADDRESS -> "34";
            case SYMBOL -> "33";
            case REGISTER -> "36";
            case CHANGED -> "1;35";
            case MNEMONIC -> "32";
            case HEADING -> "1";
            case DIM -> "2";
            case GOOD -> "32";
            case BAD -> "31";
        };
    }
}
