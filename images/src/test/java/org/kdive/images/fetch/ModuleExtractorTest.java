package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModuleExtractorTest {
    @TempDir
    private Path home;

    @Test
    void bringsWhatIsNeededInTheOrderToInsertIt() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("./boot/vmlinuz-1", new byte[3]);
        files.put("./lib/modules/1/kernel/fs/9p/9p.ko", module("license=GPL", "depends=netfs,9pnet"));
        files.put("./lib/modules/1/kernel/fs/netfs/netfs.ko", module("depends="));
        files.put("./lib/modules/1/kernel/net/9p/9pnet.ko", module("depends="));
        files.put("./lib/modules/1/kernel/net/9p/9pnet_virtio.ko", module("depends=9pnet,virtio-ring"));
        files.put("./lib/modules/1/kernel/drivers/virtio/virtio_ring.ko", module("depends="));
        Files.write(home.resolve(CachedKernel.PACKAGE), DebPackages.deb("data.tar.gz", GZIPOutputStream::new, files));

        List<Path> modules = new ModuleExtractor(home).extract(List.of("9pnet-virtio", "9p", "absent"));

        assertThat(modules)
                .extracting(module -> module.getFileName().toString())
                .containsExactly("9pnet.ko", "virtio_ring.ko", "9pnet_virtio.ko", "netfs.ko", "9p.ko");
        assertThat(modules.get(4)).hasBinaryContent(files.get("./lib/modules/1/kernel/fs/9p/9p.ko"));
        Files.delete(home.resolve(CachedKernel.PACKAGE));
        assertThat(new ModuleExtractor(home).extract(List.of("9p"))).hasSize(3);
    }

    @Test
    void doesNotRunInCircles() {
        Map<String, KernelModule> index = Map.of(
                "a", new KernelModule("a", List.of("b")),
                "b", new KernelModule("b", List.of("a")));

        assertThat(ModuleExtractor.insertionOrder(index, List.of("a"))).containsExactly("b", "a");
    }

    @Test
    void survivesAModuleThatIsNone() {
        assertThat(KernelModule.parse("x", new byte[3]).dependencies()).isEmpty();
        assertThat(KernelModule.parse("x", new byte[300]).dependencies()).isEmpty();
    }

    /** ELF64 with sections: null, .modinfo, .shstrtab. */
    private static byte[] module(String... fields) {
        byte[] information = (String.join("\0", fields) + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] names = "\0.modinfo\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
        int namesAt = 64 + information.length;
        int headersAt = namesAt + names.length;
        ByteBuffer elf = ByteBuffer.allocate(headersAt + 3 * 64).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        elf.putLong(40, headersAt)
                .putShort(58, (short) 64)
                .putShort(60, (short) 3)
                .putShort(62, (short) 2);
        elf.position(64);
        elf.put(information).put(names);
        elf.putInt(headersAt + 64, 1).putLong(headersAt + 64 + 24, 64).putLong(headersAt + 64 + 32, information.length);
        elf.putInt(headersAt + 128, 10)
                .putLong(headersAt + 128 + 24, namesAt)
                .putLong(headersAt + 128 + 32, names.length);
        return elf.array();
    }
}
