package org.kdive.session;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.elf.CoreFile;
import org.kdive.images.elf.KdumpFile;
import org.kdive.images.linux.DirectMap;
import org.kdive.images.linux.VmcoreInfo;

/**
 * What crash, drgn and gdb look for in a dump and QEMU does not write: the VMCOREINFO note (QEMU has it only of a guest whose
 * qemu_fw_cfg module is loaded) and, in an elf file, the virtual addresses of the kernel's direct map and of its image.
 * Session thread.
 */
final class DumpFinish {
    private static final String NOTE = "VMCOREINFO";

    private final Path file;
    private final Optional<byte[]> note; // empty until the kernel has made one
    private final Optional<DirectMap> map; // empty where it is not known
    private final byte[] utsname; // empty where it is not known
    private final Memory memory;

    private DumpFinish(Path file, Optional<byte[]> note, Optional<DirectMap> map, byte[] utsname, Memory memory) {
        this.file = file;
        this.note = note;
        this.map = map;
        this.utsname = utsname;
        this.memory = memory;
    }

    /** To be put into the file, while the guest may go on. */
    interface Rest {
        /** Whether the dump has the note now; true for a format that has none. */
        boolean write();
    }

    private interface Writing {
        boolean write() throws IOException;
    }

    /** Made when the file is there and the guest still stands as it is in the file. */
    static Rest of(Path file, String format, Optional<Program> kernel, Memory memory) {
        Optional<Program> placed = kernel.filter(known -> known.slideBytes().isPresent());
        Optional<byte[]> note = placed.flatMap(known -> VmcoreInfo.noteOf(known, memory));
        Optional<VmcoreInfo> info = placed.flatMap(known -> VmcoreInfo.of(known, memory));
        Optional<DirectMap> map = placed.flatMap(known -> info.flatMap(facts -> DirectMap.of(known, memory, facts)));
        byte[] utsname = info.flatMap(facts -> utsname(facts, memory)).orElse(new byte[0]);
        DumpFinish finish = new DumpFinish(file, note, map, utsname, memory);
        if (format.startsWith("kdump")) {
            return () -> finish.checked(finish::plain);
        }
        return format.equals("elf") ? finish.elf() : () -> true;
    }

    private static Optional<byte[]> utsname(VmcoreInfo facts, Memory memory) {
        OptionalLong names = facts.symbol("init_uts_ns");
        OptionalLong offset = facts.offset("uts_namespace.name");
        try {
            return names.isEmpty() || offset.isEmpty()
                    ? Optional.empty()
                    : Optional.of(memory.read(names.getAsLong() + offset.getAsLong(), KdumpFile.UTSNAME_BYTES));
        } catch (ImageException e) {
            return Optional.empty(); // a guest may write into its note what it likes
        }
    }

    private boolean plain() throws IOException {
        return KdumpFile.complete(file, note.orElse(new byte[0]), utsname) && KdumpFile.hasVmcoreinfo(file);
    }

    private Rest elf() {
        List<CoreFile.View> views = new ArrayList<>();
        checked(() ->
                CoreFile.read(file).filter(core -> views.addAll(views(core))).isPresent());
        return () -> checked(() -> complete(views));
    }

    private boolean complete(List<CoreFile.View> views) throws IOException {
        Optional<CoreFile> core = CoreFile.read(file);
        boolean had = core.filter(known -> known.has(NOTE)).isPresent();
        byte[] added = had ? new byte[0] : note.orElse(new byte[0]);
        if (core.isPresent() && (added.length > 0 || !views.isEmpty())) {
            core.get().complete(added, views);
        }
        return had || core.isPresent() && added.length > 0;
    }

    private List<CoreFile.View> views(CoreFile core) {
        List<CoreFile.View> views = new ArrayList<>();
        map.ifPresent(known -> {
            for (CoreFile.Ram ram : core.memory()) {
                long half = ram.lengthBytes() / 2; // firmware's and the kernel's own holes are at the ends
                known.virtual(ram.physical() + half, memory)
                        .ifPresent(middle ->
                                views.add(new CoreFile.View(middle - half, ram.physical(), ram.lengthBytes())));
            }
            views.add(new CoreFile.View(known.image(), known.imagePhysical(), known.imageBytes()));
        });
        return views;
    }

    private boolean checked(Writing writing) {
        try {
            return writing.write();
        } catch (IOException e) {
            throw new SessionException(
                    "dump guest %s: written, but the VMCOREINFO note could not be added: %s"
                            .formatted(file, e.getMessage()),
                    new SessionFailure.Io(file.toString()),
                    e);
        }
    }
}
