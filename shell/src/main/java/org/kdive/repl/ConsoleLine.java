package org.kdive.repl;

/** What the console's keyboard can do with the guest. Front end's thread. */
interface ConsoleLine {
    /** Keys for the guest. */
    void type(byte[] keys);

    /** A BREAK on the serial line. */
    void sendBreak();

    /** The time before each line, or no longer. */
    void toggleTimestamps();

    /** Writes what QEMU holds of disks back to their files. */
    void saveDisks();

    /** Ends the machine and kdive. */
    void quit();
}
