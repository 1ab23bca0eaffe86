package org.kdive.session;

import java.util.Optional;
import java.util.function.Supplier;
import org.kdive.gdbrsp.RspException;
import org.kdive.images.ImageException;
import org.kdive.images.btf.Btf;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.linux.Module;
import org.kdive.images.linux.Modules;

/** What a loaded module adds to the kernel's types, read out of the guest when it is first wanted. Session thread. */
final class TypesOfModule implements Supplier<Optional<Btf>> {
    private final Target target;
    private final Module module;
    private Optional<Btf> known = Optional.empty();
    private boolean asked;

    TypesOfModule(Target target, Module module) {
        this.target = target;
        this.module = module;
    }

    @Override
    public Optional<Btf> get() {
        if (!asked) {
            asked = true; // first: the reading itself looks for types
            known = read();
        }
        return known;
    }

    private Optional<Btf> read() {
        try {
            LiveKernel live = target.live(target.firstThread());
            return live.program().ownTypes().flatMap(base -> Modules.btf(live, module, base));
        } catch (ImageException | RspException | SessionException e) {
            asked = false; // the guest runs, or this is no moment to look: another time
            return Optional.empty();
        }
    }
}
