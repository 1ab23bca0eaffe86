package org.kdive.machine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Why the machine could not do what was asked. Callers branch on this, never on the message. */
public sealed interface MachineFailure {
    /** There is no such program on the path, or it is not executable. */
    record NoQemu(String program) implements MachineFailure {}

    /** A host tool that ought to be everywhere is not. */
    record NoTool(String program) implements MachineFailure {}

    /** QEMU ended before it was ready. {@code stderr} is its own words. */
    record QemuRefused(int status, String stderr, List<String> commandLine) implements MachineFailure {
        public QemuRefused {
            commandLine = List.copyOf(commandLine);
        }
    }

    /** QEMU runs but did not get ready in time. */
    record NotReady(Duration deadline, String stderr) implements MachineFailure {}

    record SocketPathTooLong(Path socket, int bytes, int limitBytes) implements MachineFailure {}

    record NoRunDirectory(Path parent) implements MachineFailure {}

    /** KVM was asked for, and no guest runs under it here. */
    record KvmUnusable(String why) implements MachineFailure {}

    /** QEMU is gone. */
    record Gone(MachineExit exit) implements MachineFailure {}

    /** The guest's serial line has ended, or was closed here. */
    record ConsoleClosed() implements MachineFailure {}

    /** The guest does not read what is sent to it. */
    record ConsoleFull(int queuedBytes) implements MachineFailure {}

    /** What was expected did not come. {@code tail} is the last that did; {@code missedBytes} came too fast to be looked at. */
    record ConsoleTimedOut(String pattern, Duration deadline, String tail, long missedBytes)
            implements MachineFailure {}

    /** The guest's RAM has nothing at this physical address. */
    record NoMemory(long physicalAddress) implements MachineFailure {}

    /** All the slots, or all the ports, for directories shared at run time are taken. */
    record NoShareSlot(int slots) implements MachineFailure {}

    record NoShare(String tag) implements MachineFailure {}

    record TagTaken(String tag) implements MachineFailure {}

    record NotADirectory(Path path) implements MachineFailure {}

    /** The guest has not let go of a device: it is stopped, or has the directory mounted. */
    record ShareInUse(String tag) implements MachineFailure {}

    /** There is no recording there, or one that this machine cannot play; or none can be made there. */
    record NoRecording(Path directory) implements MachineFailure {}

    /** QEMU cannot record such a machine. */
    record NotRecordable(String why) implements MachineFailure {}

    /** No bundle of a machine's moment, a damaged one, one that does not fit, or one that cannot be written there. */
    record BadBundle(Path file) implements MachineFailure {}

    /** There is more to such a machine than a bundle can hold. */
    record NotPortable(String why) implements MachineFailure {}

    /** The caller's thread was interrupted while it waited. */
    record Interrupted() implements MachineFailure {}
}
