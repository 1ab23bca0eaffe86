package org.kdive.images.btf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.LongStream;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.ForwardType;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.IntNames;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Member;
import org.kdive.images.types.Parameter;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.QualifiedType;
import org.kdive.images.types.QualifiedType.Qualifier;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeRef;
import org.kdive.images.types.TypedefType;
import org.kdive.images.types.Variable;

/** One record to one type; what it refers to stays a reference. */
final class BtfDecoder {
    private final Btf btf;
    private final BtfRecords records;
    private final Bytes bytes;

    BtfDecoder(Btf btf, BtfRecords records) {
        this.btf = btf;
        this.records = records;
        this.bytes = records.types();
    }

    Type type(int record) {
        int at = records.offset(record);
        long info = bytes.u32At(at + 4L);
        int kind = (int) (info >>> 24 & 0x7f);
        int vlen = (int) info & 0xff_ffff;
        boolean flag = info >>> 31 != 0;
        long third = bytes.u32At(at + 8L);
        return switch (kind) {
            case BtfKind.INT -> integer(at, third);
            case BtfKind.FLOAT -> new FloatType(name(at), size(at, third));
            case BtfKind.PTR -> new PointerType(ref(third), btf.pointerBytes());
            case BtfKind.ARRAY -> new ArrayType(ref(bytes.u32At(at + 12L)), bytes.u32At(at + 20L));
            case BtfKind.STRUCT, BtfKind.UNION ->
                new StructType(name(at), kind == BtfKind.UNION, size(at, third), members(at, vlen, flag));
            case BtfKind.ENUM, BtfKind.ENUM64 ->
                new EnumType(name(at), size(at, third), flag, enumerators(at, vlen, flag, kind == BtfKind.ENUM64));
            case BtfKind.FWD -> new ForwardType(name(at), flag ? ForwardType.Kind.UNION : ForwardType.Kind.STRUCT);
            case BtfKind.TYPEDEF -> new TypedefType(name(at), ref(third));
            case BtfKind.CONST -> new QualifiedType(Qualifier.CONST, "", ref(third));
            case BtfKind.VOLATILE -> new QualifiedType(Qualifier.VOLATILE, "", ref(third));
            case BtfKind.RESTRICT -> new QualifiedType(Qualifier.RESTRICT, "", ref(third));
            case BtfKind.TYPE_TAG -> new QualifiedType(Qualifier.TAG, name(at), ref(third));
            case BtfKind.FUNC_PROTO -> prototype(at, vlen, third);
            default -> throw bytes.malformedAt(at, "a type refers to a BTF record of kind %d".formatted(kind));
        };
    }

    private String name(int at) {
        return btf.string(bytes.u32At(at));
    }

    private int size(int at, long size) {
        if (size > Integer.MAX_VALUE) {
            throw bytes.malformedAt(at, "BTF type of %d bytes".formatted(size));
        }
        return (int) size;
    }

    private TypeRef ref(long id) {
        return new BtfRef(btf, id);
    }

    private IntType integer(int at, long size) {
        long encoding = bytes.u32At(at + 12L) >>> 24 & 15;
        String name = IntNames.canonical(name(at));
        boolean isBool = (encoding & 4) != 0;
        // gcc does not set the char bit (2): its chars are told by size and name
        boolean isChar = (encoding & 2) != 0 || (size == 1 && name.endsWith("char"));
        return new IntType(name, size(at, size), (encoding & 1) != 0, isBool, isChar);
    }

    // struct member: u32 name, u32 type, u32 offset in bits; with kflag 31:24 are the size of a bit-field
    private List<Member> members(int at, int count, boolean hasSizes) {
        List<Member> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long entry = at + 12L + 12L * i;
            long offset = bytes.u32At(entry + 8);
            TypeRef type = ref(bytes.u32At(entry + 4));
            int bitSize = hasSizes ? (int) (offset >>> 24) : 0;
            long bitOffset = hasSizes ? offset & 0xff_ffff : offset;
            members.add(new Member(btf.string(bytes.u32At(entry)), type, bitOffset, bitSize));
        }
        return members;
    }

    private List<Enumerator> enumerators(int at, int count, boolean isSigned, boolean isWide) {
        List<Enumerator> enumerators = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            enumerators.add(enumerator(at, i, isSigned, isWide));
        }
        return enumerators;
    }

    private Enumerator enumerator(int at, int number, boolean isSigned, boolean isWide) {
        long entry = at + 12L + (isWide ? 12L : 8L) * number;
        long low = isSigned && !isWide ? bytes.s32At(entry + 4) : bytes.u32At(entry + 4);
        long value = isWide ? low | bytes.u32At(entry + 8) << 32 : low;
        return new Enumerator(btf.string(bytes.u32At(entry)), value);
    }

    private FunctionType prototype(int at, int count, long result) {
        List<Parameter> parameters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long entry = at + 12L + 8L * i;
            long name = bytes.u32At(entry);
            long type = bytes.u32At(entry + 4);
            if (i == count - 1 && name == 0 && type == 0) {
                return new FunctionType(ref(result), parameters, true);
            }
            parameters.add(new Parameter(btf.string(name), ref(type)));
        }
        return new FunctionType(ref(result), parameters, false);
    }

    /** The variable, with the section that lists its id. */
    Variable variable(String name, int record, long id) {
        TypeRef type = ref(bytes.u32At(records.offset(record) + 8L));
        for (int section : btf.recordsOf(BtfKind.DATASEC)) {
            int at = records.offset(section);
            long count = bytes.u32At(at + 4L) & 0xff_ffff;
            for (long i = 0; i < count; i++) {
                long entry = at + 12L + 12L * i;
                if (bytes.u32At(entry) == id) {
                    return new Variable(name, type, name(at), bytes.u32At(entry + 4));
                }
            }
        }
        return new Variable(name, type, "", 0);
    }

    /** Those that a section of this name lists, in its order. */
    List<Variable> variables(String sectionName) {
        List<Variable> found = new ArrayList<>();
        for (int section : btf.recordsOf(BtfKind.DATASEC)) {
            int at = records.offset(section);
            long count = name(at).equals(sectionName) ? bytes.u32At(at + 4L) & 0xff_ffff : 0;
            for (long i = 0; i < count; i++) {
                long entry = at + 12L + 12L * i;
                OptionalInt record = btf.recordOf(bytes.u32At(entry), BtfKind.VAR);
                if (record.isPresent()) {
                    int variable = records.offset(record.getAsInt());
                    TypeRef type = ref(bytes.u32At(variable + 8L));
                    found.add(new Variable(name(variable), type, sectionName, bytes.u32At(entry + 4)));
                }
            }
        }
        return found;
    }

    /** The record of the first enum of this blob that has a constant of this name; -1 if none has. */
    int findEnumOf(String name, int firstString) {
        byte[] wanted = (name + "\0").getBytes(StandardCharsets.ISO_8859_1);
        for (int record = 0; record < records.count(); record++) {
            if (enumerators(record, firstString)
                    .anyMatch(string -> records.strings().holdsAt(string, wanted))) {
                return record;
            }
        }
        return -1;
    }

    /** Constants of this blob's own enums that begin so. */
    void collectEnumerators(String prefix, int firstString, Set<String> names) {
        byte[] wanted = prefix.getBytes(StandardCharsets.ISO_8859_1);
        for (int record = 0; record < records.count(); record++) {
            enumerators(record, firstString)
                    .filter(string -> records.strings().holdsAt(string, wanted))
                    .forEach(string -> names.add(records.strings().cstringAt(string)));
        }
    }

    /** Where in the strings the names of an enum's constants are; none for another kind of record. */
    private LongStream enumerators(int record, int firstString) {
        int at = records.offset(record);
        long info = bytes.u32At(at + 4L);
        int kind = (int) (info >>> 24 & 0x7f);
        if (kind != BtfKind.ENUM && kind != BtfKind.ENUM64) {
            return LongStream.empty();
        }
        int step = kind == BtfKind.ENUM64 ? 12 : 8;
        return LongStream.range(0, info & 0xff_ffff).map(i -> bytes.u32At(at + 12L + step * i) - firstString);
    }
}
