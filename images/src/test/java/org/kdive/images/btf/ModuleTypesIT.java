package org.kdive.images.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.types.CPrinter;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;

/** A module of a stock kernel, over its kernel's types and over those of another. */
final class ModuleTypesIT {
    private static final int MAX_BYTES = 64 << 20;

    private final KernelFetcher fetcher = KernelFetcher.ofUser();

    @Test
    void aModulesTypesGoOnWhereItsKernelsEnd() {
        FetchedKernel fetched = fetch("debian");
        KernelImage kernel = KernelImage.open(fetched.kernel());
        Btf base = Btf.of(kernel).orElseThrow();
        Bytes module = module(fetched);
        assertThat(base.findType("struct virtqueue_info").isPresent()
                        || base.findType("struct vring_virtqueue").isPresent())
                .isFalse();

        Btf types = ModuleTypes.read(module, kernel, base);
        StructType queue = types.requireStruct("vring_virtqueue");
        // a type of the kernel's own inside one of the module's
        assertThat(queue.requireMember("vq.vdev").type().type().cName()).isEqualTo("struct virtio_device *");
        assertThat(types.requireStruct("task_struct").bytes())
                .isEqualTo(base.requireStruct("task_struct").bytes());
        for (int id = base.count() + 1; id <= types.count(); id++) {
            if (types.isType(id)) {
                Type type = types.type(id);
                assertThat(CPrinter.layout(type)).isNotEmpty();
            }
        }
    }

    @Test
    void aModuleOfAnotherKernelIsRefused() {
        FetchedKernel fetched = fetch("debian");
        KernelImage other = KernelImage.open(fetch("debian:6.12").kernel());
        Btf base = Btf.of(other).orElseThrow();
        assertThatThrownBy(() -> ModuleTypes.read(module(fetched), other, base))
                .hasMessageContaining("a module for 6.1");
    }

    private Bytes module(FetchedKernel fetched) {
        List<Path> modules = fetcher.modules(fetched, List.of("virtio_ring"), Progress.silent());
        return Bytes.ofFile(modules.get(modules.size() - 1), MAX_BYTES);
    }

    private FetchedKernel fetch(String name) {
        return fetcher.fetch(KernelName.parse(name), Progress.silent());
    }
}
