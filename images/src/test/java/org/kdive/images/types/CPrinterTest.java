package org.kdive.images.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CPrinterTest {
    private static final Type INT = new IntType("int", 4, true, false, false);
    private static final Type CHAR = new IntType("char", 1, true, false, true);
    private static final Type LONG = new IntType("unsigned long", 8, false, false, false);

    private static Type pointer(Type to) {
        return new PointerType(TypeRef.to(to), 8);
    }

    private static Type array(Type of, long count) {
        return new ArrayType(TypeRef.to(of), count);
    }

    private static Type constant(Type of) {
        return new QualifiedType(QualifiedType.Qualifier.CONST, "", TypeRef.to(of));
    }

    private static FunctionType function(Type result, boolean isVariadic, Type... parameters) {
        List<Parameter> list = java.util.Arrays.stream(parameters)
                .map(type -> new Parameter("p", TypeRef.to(type)))
                .toList();
        return new FunctionType(TypeRef.to(result), list, isVariadic);
    }

    private static Member member(String name, Type type, long bit, int bits) {
        return new Member(name, TypeRef.to(type), bit, bits);
    }

    @Test
    void declaresAsGdbDoes() {
        assertThat(pointer(constant(CHAR)).cName()).isEqualTo("const char *");
        assertThat(constant(pointer(CHAR)).cName()).isEqualTo("char * const");
        assertThat(CPrinter.declaration(constant(pointer(CHAR)), "p")).isEqualTo("char * const p");
        assertThat(array(constant(pointer(constant(CHAR))), 8).cName()).isEqualTo("const char * const [8]");
        assertThat(pointer(constant(pointer(CHAR))).cName()).isEqualTo("char * const *");
        assertThat(array(CHAR, 16).cName()).isEqualTo("char [16]");
        assertThat(CPrinter.declaration(array(array(CHAR, 3), 2), "m")).isEqualTo("char m[2][3]");
        assertThat(array(array(CHAR, 3), 2).cName()).isEqualTo("char [2][3]");
        assertThat(CPrinter.declaration(array(pointer(CHAR), 4), "v")).isEqualTo("char *v[4]");
        assertThat(CPrinter.declaration(pointer(array(INT, 4)), "v")).isEqualTo("int (*v)[4]");
        assertThat(pointer(pointer(new VoidType())).cName()).isEqualTo("void **");
    }

    @Test
    void declaresFunctions() {
        Type call = function(INT, false, pointer(new VoidType()), LONG);
        assertThat(call.cName()).isEqualTo("int (void *, unsigned long)");
        assertThat(pointer(call).cName()).isEqualTo("int (*)(void *, unsigned long)");
        assertThat(CPrinter.declaration(pointer(call), "fn")).isEqualTo("int (*fn)(void *, unsigned long)");
        assertThat(CPrinter.declaration(array(pointer(call), 3), "fn"))
                .isEqualTo("int (*fn[3])(void *, unsigned long)");
        assertThat(function(new VoidType(), false).cName()).isEqualTo("void (void)");
        assertThat(function(INT, true, pointer(constant(CHAR))).cName()).isEqualTo("int (const char *, ...)");
        assertThat(CPrinter.declaration(pointer(function(pointer(CHAR), false)), "f"))
                .isEqualTo("char *(*f)(void)");
    }

    @Test
    void opensStructsOneLevelAndAnonymousOnesInside() {
        StructType inner = new StructType("", true, 8, List.of(member("x", INT, 0, 0), member("y", LONG, 0, 0)));
        StructType deep = new StructType("", false, 8, List.of(member("", inner, 0, 0)));
        StructType named = new StructType("pair", false, 8, List.of(member("a", INT, 0, 0)));
        StructType outer = new StructType(
                "outer",
                false,
                24,
                List.of(
                        member("", inner, 0, 0),
                        member("", new StructType("", true, 8, List.of(member("d", deep, 0, 0))), 64, 0),
                        member("p", named, 128, 0)));
        assertThat(CPrinter.describe(new TypedefType("outer_t", TypeRef.to(outer))))
                .containsExactly(
                        "struct outer {",
                        "    union {",
                        "        int x;",
                        "        unsigned long y;",
                        "    };",
                        "    union {",
                        "        struct {...} d;",
                        "    };",
                        "    struct pair p;",
                        "}");
    }

    @Test
    void laysOutWithHolesAndPaddingInGdbsColumns() {
        StructType inner = new StructType("in", false, 8, List.of(member("a", INT, 0, 0)));
        StructType type = new StructType(
                "s",
                false,
                32,
                List.of(
                        member("c", CHAR, 0, 0),
                        member("l", LONG, 64, 0),
                        member("in", inner, 128, 0),
                        member("b", INT, 192, 3),
                        member("k", CHAR, 200, 0)));
        assertThat(CPrinter.layout(type))
                .containsExactly(
                        "/* offset      |    size */  struct s {",
                        "/*      0      |       1 */    char c;",
                        "/* XXX  7-byte hole      */",
                        "/*      8      |       8 */    unsigned long l;",
                        "/*     16      |       8 */    struct in {",
                        "/*     16      |       4 */        int a;",
                        "/* XXX  4-byte padding   */",
                        "",
                        "                                   /* total size (bytes):    8 */",
                        "                               } in;",
                        "/*     24: 0   |       4 */    int b : 3;",
                        "/* XXX  5-bit hole       */",
                        "/*     25      |       1 */    char k;",
                        "/* XXX  6-byte padding   */",
                        "",
                        "                               /* total size (bytes):   32 */",
                        "                             }");
    }

    @Test
    void saysTypeBehindTheColumnOfOffsetsAsGdbDoes() {
        StructType type = new StructType("s", false, 1, List.of(member("c", CHAR, 0, 0)));
        assertThat(CPrinter.ptype(type, true)).startsWith("/* offset      |    size */  type = struct s {");
        assertThat(CPrinter.ptype(type, false)).startsWith("type = struct s {");
        assertThat(CPrinter.ptype(INT, true)).containsExactly("type = int");
    }

    @Test
    void givesUpOnTypesThatNeverEnd() {
        assertThat(new Knot().cName()).contains("...");
        assertThat(new ArrayType(TypeRef.to(INT), Long.MAX_VALUE).sizeBytes()).isEqualTo(Long.MAX_VALUE);
    }

    /** A pointer to a function that takes itself, twice. */
    private static final class Knot implements TypeRef {
        @Override
        public Type type() {
            return new PointerType(
                    TypeRef.to(
                            new FunctionType(this, List.of(new Parameter("", this), new Parameter("", this)), false)),
                    8);
        }

        String cName() {
            return type().cName();
        }
    }
}
