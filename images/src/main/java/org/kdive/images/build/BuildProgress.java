package org.kdive.images.build;

/** Told how a build goes, on the thread that builds. */
public interface BuildProgress {
    /** A step begins: "configure: defconfig". */
    void step(String what);

    /** make has done one more thing: how many so far, and what, as make names it ("CC init/main.o"). */
    void done(int count, String what);
}
