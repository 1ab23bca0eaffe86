package org.kdive.repl;

import java.nio.charset.StandardCharsets;

/** The keys typed at the guest's console. Ctrl-A begins a word to us, as in QEMU; all else is the guest's. */
final class ConsoleKeys {
    static final char CONTROL_A = 1;
    static final String HELP = """
            C-a c     back to the prompt; the guest runs on
            C-a x     end the machine and kdive
            C-a b     send a BREAK: the next key is a magic system request
            C-a t     the time before each line, or no longer
            C-a s     write disks back to their files
            C-a h     this help
            C-a C-a   send C-a""";

    /** What a key means. */
    enum Action {
        NOTHING,
        LEAVE,
        QUIT,
        BREAK,
        TIMESTAMPS,
        SAVE,
        HELP
    }

    private final StringBuilder forGuest = new StringBuilder();
    private boolean afterControlA;

    Action accept(int key) {
        if (!afterControlA) {
            afterControlA = key == CONTROL_A;
            if (!afterControlA) {
                forGuest.append((char) key);
            }
            return Action.NOTHING;
        }
        afterControlA = false;
        return switch (key) {
            case 'c' -> Action.LEAVE;
            case 'x' -> Action.QUIT;
            case 'b' -> Action.BREAK;
            case 't' -> Action.TIMESTAMPS;
            case 's' -> Action.SAVE;
            case 'h', '?' -> Action.HELP;
            case CONTROL_A -> {
                forGuest.append(CONTROL_A);
                yield Action.NOTHING;
            }
            default -> Action.NOTHING;
        };
    }

    /** The bytes for the guest since the last call. */
    byte[] take() {
        byte[] bytes = forGuest.toString().getBytes(StandardCharsets.UTF_8);
        forGuest.setLength(0);
        return bytes;
    }
}
