package org.kdive.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.TargetDescription;
import org.kdive.images.Architecture;
import org.kdive.qmp.QmpClient;

/** What a target that we did not boot is. */
final class Architectures {
    private Architectures() {}

    /** By BFD's name in the target description; Unsupported for one that kdive does not know. */
    static Architecture of(TargetDescription description) {
        String name = description.architecture();
        return switch (name) {
            case "i386:x86-64", "i386:x64-32" -> Architecture.X86_64;
            case "i386", "i8086" -> Architecture.X86_32;
            case "aarch64" -> Architecture.ARM64;
            case "arm" -> Architecture.ARM;
            case "riscv:rv64" -> Architecture.RISCV64;
            case "riscv:rv32" -> Architecture.RISCV32;
            default ->
                throw new SessionException(
                        name.isEmpty()
                                ? "the stub does not say what it is"
                                : "the target is a \"%s\", which kdive does not know".formatted(name),
                        new SessionFailure.Unsupported("architecture " + name));
        };
    }

    /** Whether breakpoints and watchpoints are QEMU's own, without limit; false when nobody tells. */
    static boolean isTcg(RspClient stub, @Nullable QmpClient qmp) {
        if (qmp != null) {
            return !Waits.on(qmp.execute("query-kvm", Map.of()), "query-kvm").flag("enabled");
        }
        if (!stub.features().isQemu()) {
            return false;
        }
        String answer = Waits.on(stub.monitor("info kvm"), "info kvm");
        return answer.contains("disabled") || answer.contains("not compiled"); // the latter: guests of another kind
    }
}
