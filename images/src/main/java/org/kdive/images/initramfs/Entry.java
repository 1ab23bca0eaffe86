package org.kdive.images.initramfs;

/** One inode name of a root file system. The path is relative, with no {@code .} or {@code ..} in it: {@code bin/sh}. */
public sealed interface Entry {
    String path();

    Attributes attributes();

    /** The file type bits of the mode. Linux include/uapi/linux/stat.h. */
    int typeBits();

    /** How {@code ls -l} begins the line. */
    char typeLetter();

    /** The path, fit for one line of a terminal. */
    default String printablePath() {
        return printable(path());
    }

    /** A path or a link's target of an archive, with control characters and odd bytes as {@code \x0a}. */
    static String printable(String name) {
        return FileName.printable(name);
    }

    record Directory(String path, Attributes attributes) implements Entry {
        @Override
        public int typeBits() {
            return 0040000;
        }

        @Override
        public char typeLetter() {
            return 'd';
        }
    }

    record RegularFile(String path, Attributes attributes, Content content) implements Entry {
        @Override
        public int typeBits() {
            return 0100000;
        }

        @Override
        public char typeLetter() {
            return '-';
        }
    }

    /** @param target what the link says, which need not exist */
    record Symlink(String path, Attributes attributes, String target) implements Entry {
        @Override
        public int typeBits() {
            return 0120000;
        }

        @Override
        public char typeLetter() {
            return 'l';
        }
    }

    /** Another name of a regular file that the tree also holds; it shares that file's attributes. */
    record HardLink(String path, Attributes attributes, String target) implements Entry {
        @Override
        public int typeBits() {
            return 0100000;
        }

        @Override
        public char typeLetter() {
            return '-';
        }
    }

    record DeviceNode(String path, Attributes attributes, boolean isBlock, int major, int minor) implements Entry {
        @Override
        public int typeBits() {
            return isBlock ? 0060000 : 0020000;
        }

        @Override
        public char typeLetter() {
            return isBlock ? 'b' : 'c';
        }
    }

    record Fifo(String path, Attributes attributes) implements Entry {
        @Override
        public int typeBits() {
            return 0010000;
        }

        @Override
        public char typeLetter() {
            return 'p';
        }
    }

    record Socket(String path, Attributes attributes) implements Entry {
        @Override
        public int typeBits() {
            return 0140000;
        }

        @Override
        public char typeLetter() {
            return 's';
        }
    }
}
