package org.kdive.images.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.types.CPrinter;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;
import org.kdive.images.types.ForwardType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Member;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.VoidType;

final class BtfTest {
    @Test
    void resolvesAStructThatPointsToItself() {
        BtfBuilder builder = BtfBuilder.little();
        builder.pointer(2); // id 1
        builder.add(
                BtfKind.STRUCT, false, 2, "list_head", 16, builder.string("next"), 1, 0, builder.string("prev"), 1, 64);
        Btf btf = Btf.read(builder.toBytes(), 8);
        StructType list = btf.requireStruct("list_head");
        assertThat(list.bytes()).isEqualTo(16);
        Member prev = list.requireMember("prev");
        assertThat(prev.byteOffset()).isEqualTo(8);
        assertThat(prev.type().type()).isInstanceOfSatisfying(PointerType.class, pointer -> {
            assertThat(pointer.bytes()).isEqualTo(8);
            assertThat(pointer.target().type()).isSameAs(list);
        });
        assertThat(CPrinter.describe(list))
                .containsExactly(
                        "struct list_head {", "    struct list_head *next;", "    struct list_head *prev;", "}");
    }

    @Test
    void findsMembersInsideAnonymousStructsAndByPath() {
        BtfBuilder b = BtfBuilder.little();
        int integer = b.integer("int", 4, true);
        int inner = b.add(BtfKind.UNION, false, 2, "", 4, b.string("low"), integer, 0, b.string("high"), integer, 0);
        int named = b.add(BtfKind.STRUCT, false, 1, "pair", 8, b.string("sp"), integer, 32);
        b.add(
                BtfKind.STRUCT,
                false,
                3,
                "outer",
                20,
                b.string("a"),
                integer,
                0,
                0,
                inner,
                32,
                b.string("thread"),
                named,
                64);
        StructType outer = Btf.read(b.toBytes(), 8).requireStruct("outer");
        assertThat(outer.requireMember("high").byteOffset()).isEqualTo(4);
        assertThat(outer.requireMember("thread.sp").byteOffset()).isEqualTo(12);
        assertThat(outer.memberNames()).containsExactly("a", "low", "high", "thread");
        assertThat(outer.findMember("a.b")).isEmpty();
        assertThat(outer.findMember("")).isEmpty();
        assertThatThrownBy(() -> outer.requireMember("nope"))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.failure()).isInstanceOf(ImageFailure.Missing.class))
                .hasMessageContaining("struct outer")
                .hasMessageContaining("nope");
    }

    @Test
    void readsBitFields() {
        BtfBuilder b = BtfBuilder.little();
        int integer = b.integer("unsigned int", 4, false);
        b.add(
                BtfKind.STRUCT,
                true,
                2,
                "flags",
                4,
                b.string("a"),
                integer,
                3 << 24,
                b.string("b"),
                integer,
                5 << 24 | 3);
        StructType flags = Btf.read(b.toBytes(), 8).requireStruct("flags");
        Member field = flags.requireMember("b");
        assertThat(field.isBitField()).isTrue();
        assertThat(field.bitSize()).isEqualTo(5);
        assertThat(field.bitOffset()).isEqualTo(3);
        assertThat(CPrinter.describe(flags)).contains("    unsigned int b : 5;");
    }

    @Test
    void readsEnumsOfBothWidths() {
        BtfBuilder b = BtfBuilder.little();
        b.add(BtfKind.ENUM, true, 2, "small", 4, b.string("MINUS"), -1, b.string("ONE"), 1);
        b.add(BtfKind.ENUM64, false, 1, "wide", 8, b.string("TOP"), 5, 0x80000000);
        b.add(BtfKind.ENUM, false, 1, "plain", 4, b.string("ALL"), -1);
        Btf btf = Btf.read(b.toBytes(), 8);
        assertThat(btf.findEnumerator("MINUS")).hasValue(new Enumerator("MINUS", -1));
        assertThat(btf.findEnumerator("TOP")).hasValue(new Enumerator("TOP", 0x8000000000000005L));
        assertThat(btf.findEnumerator("ALL")).hasValue(new Enumerator("ALL", 0xffffffffL));
        assertThat(btf.findEnumerator("NONE")).isEmpty();
        assertThat(btf.requireType("enum small"))
                .isInstanceOfSatisfying(
                        EnumType.class,
                        e -> assertThat(e.findByValue(-1).orElseThrow().name()).isEqualTo("MINUS"));
        assertThat(CPrinter.describe(btf.requireType("enum small")))
                .containsExactly("enum small {MINUS = -1, ONE = 1}");
    }

    @Test
    void findsIntegersByAnySpelling() {
        BtfBuilder b = BtfBuilder.little();
        b.integer("long unsigned int", 8, false);
        b.add(BtfKind.INT, false, 0, "_Bool", 1, 4 << 24 | 8);
        b.add(BtfKind.TYPEDEF, false, 0, "size_t", 1);
        Btf btf = Btf.read(b.toBytes(), 8);
        assertThat(btf.requireType("unsigned long").cName()).isEqualTo("unsigned long");
        assertThat(btf.findType("long unsigned int")).isPresent();
        assertThat(btf.requireType("size_t").strip()).isEqualTo(btf.requireType("unsigned long int"));
        assertThat(btf.requireType("_Bool"))
                .isInstanceOfSatisfying(
                        IntType.class, t -> assertThat(t.isBool()).isTrue());
        assertThat(btf.requireType("void")).isEqualTo(new VoidType());
        assertThat(btf.findType("short")).isEmpty();
        assertThat(btf.typeNames("", 10)).containsExactly("_Bool", "size_t", "unsigned long");
    }

    @Test
    void prefersADefinitionToAForwardDeclaration() {
        BtfBuilder b = BtfBuilder.little();
        b.add(BtfKind.FWD, false, 0, "page", 0);
        b.add(BtfKind.STRUCT, false, 0, "page", 64);
        b.add(BtfKind.FWD, true, 0, "only", 0);
        Btf btf = Btf.read(b.toBytes(), 8);
        assertThat(btf.requireType("struct page")).isInstanceOf(StructType.class);
        assertThat(btf.requireType("union only")).isEqualTo(new ForwardType("only", ForwardType.Kind.UNION));
        assertThat(btf.findType("struct only")).isEmpty();
        assertThat(btf.typeNames("struct p", 5)).containsExactly("struct page");
    }

    @Test
    void readsFunctionsAndVariables() {
        BtfBuilder b = BtfBuilder.little();
        int integer = b.integer("int", 4, true);
        int proto = b.add(BtfKind.FUNC_PROTO, false, 2, "", integer, b.string("fmt"), b.pointer(integer) + 1, 0, 0);
        assertThat(proto).isEqualTo(3);
        b.add(BtfKind.FUNC, false, 1, "printk", proto);
        b.add(BtfKind.DECL_TAG, false, 0, "bpf_kfunc", 4, -1);
        int cpu = b.add(BtfKind.VAR, false, 0, "cpu_number", integer, 1);
        b.add(BtfKind.DATASEC, false, 1, ".data..percpu", 0x100, cpu, 0x40, 4);
        Btf btf = Btf.read(b.toBytes(), 8);
        assertThat(btf.findFunction("printk").orElseThrow().type().isVariadic()).isTrue();
        assertThat(btf.findVariable("cpu_number").orElseThrow().sectionOffset()).isEqualTo(0x40);
        assertThat(btf.findVariable("cpu_number").orElseThrow().section()).isEqualTo(".data..percpu");
        assertThat(btf.findFunction("cpu_number")).isEmpty();
        assertThat(btf.findVariable("printk")).isEmpty();
    }

    @Test
    void continuesAKernelsTypesInAModules() {
        BtfBuilder kernel = BtfBuilder.little();
        int integer = kernel.integer("int", 4, true);
        kernel.add(BtfKind.STRUCT, false, 0, "module", 8);
        Btf base = Btf.read(kernel.toBytes(), 8);
        BtfBuilder own = new BtfBuilder(ByteOrder.LITTLE_ENDIAN, 2, kernel.stringBytes());
        int pointer = own.pointer(2);
        assertThat(pointer).isEqualTo(3);
        own.add(
                BtfKind.STRUCT,
                false,
                2,
                "tun_struct",
                16,
                own.string("owner"),
                pointer,
                0,
                own.string("count"),
                integer,
                64);
        Btf module = base.split(own.toBytes());
        assertThat(module.count()).isEqualTo(4);
        assertThat(CPrinter.describe(module.requireStruct("tun_struct")))
                .contains("    struct module *owner;", "    int count;");
        assertThat(module.requireStruct("module")).isSameAs(base.requireStruct("module"));
        assertThat(base.findType("struct tun_struct")).isEmpty();
        assertThat(module.typeNames("struct ", 9)).containsExactly("struct module", "struct tun_struct");
    }

    @Test
    void readsBigEndian() {
        BtfBuilder b = new BtfBuilder(ByteOrder.BIG_ENDIAN, 0, 0);
        b.integer("int", 4, true);
        b.add(BtfKind.STRUCT, false, 1, "s", 4, b.string("x"), 1, 0);
        assertThat(Btf.read(b.toBytes(), 4)
                        .requireStruct("s")
                        .requireMember("x")
                        .type()
                        .type()
                        .cName())
                .isEqualTo("int");
    }

    @Test
    void skipsKindsThatALayoutTellsTheSizeOf() {
        BtfBuilder b = BtfBuilder.little();
        b.add(20, false, 2, "", 0, 1, 2, 3); // 4 bytes and 4 for each element
        b.integer("int", 4, true);
        Bytes without = b.toBytes();
        assertThatThrownBy(() -> Btf.read(without, 8)).hasMessageContaining("kind 20 is not known");
        byte[] layout = new byte[21 * 4];
        layout[80] = 4;
        layout[81] = 4;
        b.layout(layout);
        assertThat(Btf.read(b.toBytes(), 8).requireType("int").sizeBytes()).isEqualTo(4);
    }

    @Test
    void findsTheBlobInARawImage() {
        BtfBuilder small = BtfBuilder.little();
        small.integer("int", 4, true);
        BtfBuilder large = BtfBuilder.little();
        large.integer("int", 4, true);
        large.integer("unsigned int", 4, false);
        byte[] image = new byte[4096];
        System.arraycopy(small.toArray(), 0, image, 100, small.toArray().length);
        System.arraycopy(large.toArray(), 0, image, 1001, large.toArray().length);
        Bytes found = Btf.find(Bytes.of("Image", image)).orElseThrow();
        assertThat(Btf.read(found, 8).count()).isEqualTo(2);
        assertThat(Btf.find(Bytes.of("Image", new byte[100]))).isEmpty();
    }

    @Test
    void saysWhatIsWrong() {
        BtfBuilder b = BtfBuilder.little();
        b.integer("int", 4, true);
        byte[] good = b.toArray();
        for (int cut = 0; cut < good.length; cut++) {
            byte[] shorter = java.util.Arrays.copyOf(good, cut);
            assertThatThrownBy(() -> Btf.read(Bytes.of("t", shorter), 8)).isInstanceOf(ImageException.class);
        }
        b.pointer(77);
        Btf btf = Btf.read(b.toBytes(), 8);
        PointerType pointer = (PointerType) btf.type(2);
        assertThatThrownBy(() -> pointer.target().type()).hasMessageContaining("no type 77");
        assertThatThrownBy(() -> btf.requireType("struct none")).hasMessageContaining("no type called struct none");
        assertThatThrownBy(() -> btf.requireStruct("int")).hasMessageContaining("no struct called int");
    }
}
