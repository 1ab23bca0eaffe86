package org.kdive.images.btf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.KernelImage;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.CPrinter;
import org.kdive.images.types.Member;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;

/** Every type of distribution kernels: one with sections to name its BTF, one that is a flat image. */
final class BtfIT {
    @ParameterizedTest
    @ValueSource(strings = {"debian", "debian:6.12", "debian/arm64"})
    void readsEveryTypeOfAStockKernel(String name) {
        KernelImage image = KernelImage.open(KernelFetcher.ofUser()
                .fetch(KernelName.parse(name), Progress.silent())
                .kernel());
        Btf btf = Btf.of(image).orElseThrow();
        assertThat(btf.count()).isGreaterThan(80_000);
        int structs = 0;
        for (int id = 1; id <= btf.count(); id++) {
            if (btf.isType(id) && btf.type(id) instanceof StructType struct) {
                structs++;
                assertThat(CPrinter.layout(struct)).isNotEmpty();
                assertThat(CPrinter.describe(struct)).hasSizeGreaterThan(1);
                checkMembersFit(struct);
            } else if (btf.isType(id)) {
                assertThat(btf.type(id).cName()).isNotEmpty().doesNotContain("  ");
            }
        }
        assertThat(structs).isGreaterThan(7_000);
        checkWellKnown(btf);
        checkPrototypes(image, btf);
    }

    private static void checkMembersFit(StructType struct) {
        for (Member member : struct.members()) {
            long bits = member.isBitField()
                    ? member.bitSize()
                    : 8 * member.type().type().sizeBytes();
            assertThat(member.bitOffset() + bits)
                    .as("%s.%s", struct.name(), member.name())
                    .isLessThanOrEqualTo(8L * struct.bytes());
        }
    }

    private static void checkWellKnown(Btf btf) {
        StructType task = btf.requireStruct("task_struct");
        Type comm = task.requireMember("comm").type().type();
        assertThat(comm)
                .isInstanceOfSatisfying(
                        ArrayType.class, array -> assertThat(array.count()).isEqualTo(16));
        assertThat(task.requireMember("tasks.prev").byteOffset())
                .isEqualTo(task.requireMember("tasks").byteOffset() + 8);
        assertThat(task.requireMember("tgid").byteOffset())
                .isEqualTo(task.requireMember("pid").byteOffset() + 4);
        assertThat(CPrinter.describe(btf.requireType("struct list_head")))
                .containsExactly(
                        "struct list_head {", "    struct list_head *next;", "    struct list_head *prev;", "}");
        assertThat(btf.findEnumerator("PIDTYPE_SID").orElseThrow().value()).isEqualTo(3);
        assertThat(btf.typeNames("struct task_str", 5)).contains("struct task_struct");
    }

    private static void checkPrototypes(KernelImage image, Btf btf) {
        List<Symbol> text = image.kallsyms().orElseThrow().stream()
                .filter(symbol -> symbol.isText() && !symbol.name().startsWith("__pfx_"))
                .toList();
        long typed = text.stream()
                .filter(symbol -> btf.findFunction(symbol.name()).isPresent())
                .count();
        assertThat((double) typed / text.size()).isGreaterThan(0.8);
    }
}
