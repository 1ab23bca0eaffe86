package org.kdive.cli;

/**
 * Which of the standard streams is a terminal, as the launcher found it: the JDK's {@code System.console()} speaks for all
 * three at once, and since JDK 22 it is there without a terminal too. Started without the launcher, none is.
 */
enum Terminals {
    IN('0'),
    OUT('1'),
    ERR('2');

    private final char descriptor;

    Terminals(char descriptor) {
        this.descriptor = descriptor;
    }

    boolean present() {
        return System.getProperty("kdive.terminals", "").indexOf(descriptor) >= 0;
    }
}
