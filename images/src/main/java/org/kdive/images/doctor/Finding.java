package org.kdive.images.doctor;

/**
 * One line of the doctor's screen.
 *
 * @param detail what was found; empty if the verdict says it all
 * @param remedy the configuration option or kdive option that mends it; empty if nothing needs mending
 */
public record Finding(String subject, Verdict verdict, String detail, String remedy) {
    static Finding yes(String subject, String detail) {
        return new Finding(subject, Verdict.YES, detail, "");
    }

    static Finding no(String subject, String detail, String remedy) {
        return new Finding(subject, Verdict.NO, detail, remedy);
    }
}
