package org.kdive.images.btf;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;
import org.kdive.images.types.Function;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.IntNames;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeTable;
import org.kdive.images.types.Variable;
import org.kdive.images.types.VoidType;

/**
 * The types in one BTF blob: a kernel's, or a module's on top of its kernel's. Opening one walks the records once and
 * keeps an offset each; the index by name is made at the first look-up, each type when it is asked for.
 */
public final class Btf implements TypeTable {
    private static final byte[] LITTLE = {(byte) 0x9f, (byte) 0xeb, 1, 0};
    private static final byte[] BIG = {(byte) 0xeb, (byte) 0x9f, 1, 0};

    private final BtfRecords records;
    private final @Nullable Btf base; // null for a kernel's own
    private final int pointerBytes;
    private final int firstId;
    private final int firstString;
    private final @Nullable Type[] types; // null until asked for; two threads may make the same one, to no harm

    private volatile @Nullable NameIndex index; // null until the first look-up by name

    private Btf(BtfRecords records, @Nullable Btf base, int pointerBytes) {
        this.records = records;
        this.base = base;
        this.pointerBytes = pointerBytes;
        this.firstId = base == null ? 1 : base.firstId + base.records.count();
        this.firstString =
                base == null ? 0 : base.firstString + base.records.strings().size();
        this.types = new Type[records.count()];
    }

    /** A kernel's BTF, of either byte order. */
    public static Btf read(Bytes blob, int pointerBytes) {
        return new Btf(BtfRecords.read(blob), null, pointerBytes);
    }

    /** A module's BTF, whose ids and strings go on where this one's end. */
    public Btf split(Bytes blob) {
        return new Btf(BtfRecords.read(blob), this, pointerBytes);
    }

    /** A kernel's own, from its section or by its looks; empty if it was built without. */
    public static Optional<Btf> of(KernelImage image) {
        Optional<Bytes> section = image.sectionBytes(".BTF").filter(bytes -> bytes.size() > 0);
        return section.or(() -> image.elf().isPresent() ? Optional.empty() : find(image.payload()))
                .map(blob -> read(blob, image.architecture().pointerBytes()));
    }

    /** The blob in an image that has no sections to name it: the one with the most types. */
    public static Optional<Bytes> find(Bytes image) {
        Optional<Bytes> best = Optional.empty();
        for (byte[] magic : List.of(LITTLE, BIG)) {
            Bytes ordered = image.withOrder(magic == LITTLE ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            for (int at = next(image, magic, 0); at >= 0; at = next(image, magic, at + 1)) {
                Optional<Bytes> found = plausible(ordered, at);
                if (found.isPresent()
                        && found.get().size() > best.map(Bytes::size).orElse(0)) {
                    best = found;
                }
            }
        }
        return best;
    }

    private static int next(Bytes image, byte[] magic, int from) {
        return image.find(magic, from).orElse(-1);
    }

    private static Optional<Bytes> plausible(Bytes image, long at) {
        if (!image.holds(at, 24)) {
            return Optional.empty();
        }
        long header = image.u32At(at + 4);
        long typeOffset = image.u32At(at + 8);
        long typeBytes = image.u32At(at + 12);
        long stringOffset = image.u32At(at + 16);
        long stringBytes = image.u32At(at + 20);
        long end = header + stringOffset + stringBytes;
        boolean isSane = header >= 24
                && typeOffset == 0
                && stringOffset >= typeBytes
                && stringBytes > 0
                && image.holds(at, end)
                && image.u8At(at + header + stringOffset) == 0
                && image.u8At(at + end - 1) == 0;
        return isSane ? Optional.of(image.slice(at, end)) : Optional.empty();
    }

    @Override
    public String source() {
        return records.types().source();
    }

    /** How many types there are, a base's included; ids run from 1 to this. */
    public int count() {
        return firstId - 1 + records.count();
    }

    /** By id; 0 is {@code void}. For {@code type} fields read out of a running kernel's own BTF structures. */
    public Type type(long id) {
        if (id == 0) {
            return new VoidType();
        }
        if (id < firstId) {
            return Objects.requireNonNull(base).type(id);
        }
        if (id - firstId >= records.count()) {
            throw records.types().malformedAt(0, "BTF has no type %d, only %d".formatted(id, count()));
        }
        int record = (int) id - firstId;
        Type known = types[record];
        if (known == null) {
            known = new BtfDecoder(this, records).type(record);
            types[record] = known;
        }
        return known;
    }

    /** Whether a record is a type: functions, variables, sections and tags have ids too. */
    public boolean isType(long id) {
        if (id < firstId) {
            return id == 0 || (base != null && base.isType(id));
        }
        return id <= count()
                && switch (kind((int) id - firstId)) {
                    case BtfKind.FUNC, BtfKind.VAR, BtfKind.DATASEC, BtfKind.DECL_TAG -> false;
                    default -> true;
                };
    }

    int pointerBytes() {
        return pointerBytes;
    }

    /** A string by its offset, which may be one of a base's. */
    String string(long offset) {
        if (offset < firstString) {
            return Objects.requireNonNull(base).string(offset);
        }
        return records.strings().cstringAt(offset - firstString);
    }

    // ---- by name

    @Override
    public Optional<Type> findType(String given) {
        String name = given.strip();
        int space = name.indexOf(' ');
        String tag = space < 0 ? "" : name.substring(space + 1).strip();
        Optional<Type> found = switch (space < 0 ? "" : name.substring(0, space)) {
            case "struct" -> tagged(tag, BtfKind.STRUCT, BtfKind.STRUCT, 0);
            case "union" -> tagged(tag, BtfKind.UNION, BtfKind.UNION, 1);
            case "enum" -> tagged(tag, BtfKind.ENUM, BtfKind.ENUM64, -1);
            default -> plain(name);
        };
        return found.or(() -> base == null ? Optional.empty() : base.findType(name));
    }

    private Optional<Type> tagged(String tag, int kind, int otherKind, int forwardFlag) {
        int record = find(tag, each -> kind(each) == kind || kind(each) == otherKind);
        if (record < 0) {
            record = find(tag, each -> kind(each) == BtfKind.FWD && info(each) >>> 31 == forwardFlag);
        }
        return at(record);
    }

    private Optional<Type> plain(String name) {
        if (name.equals("void")) {
            return Optional.of(new VoidType());
        }
        int record = find(name, each -> isPlain(kind(each)));
        return record >= 0 ? at(record) : integer(name);
    }

    private static boolean isPlain(int kind) {
        return kind == BtfKind.TYPEDEF || kind == BtfKind.INT || kind == BtfKind.FLOAT;
    }

    // "unsigned long" where the compiler said "long unsigned int": integers are few and come first
    private Optional<Type> integer(String name) {
        String canonical = IntNames.canonical(name);
        for (int record = 0; record < records.count(); record++) {
            if (kind(record) == BtfKind.INT
                    && type(firstId + record) instanceof IntType integer
                    && integer.name().equals(canonical)) {
                return Optional.of(integer);
            }
        }
        return Optional.empty();
    }

    private Optional<Type> at(int record) {
        return record < 0 ? Optional.empty() : Optional.of(type(firstId + record));
    }

    @Override
    public Optional<Function> findFunction(String name) {
        int record = find(name, each -> kind(each) == BtfKind.FUNC);
        if (record >= 0 && type(third(record)) instanceof FunctionType type) {
            return Optional.of(new Function(name, type));
        }
        return base == null ? Optional.empty() : base.findFunction(name);
    }

    @Override
    public Optional<Variable> findVariable(String name) {
        int record = find(name, each -> kind(each) == BtfKind.VAR);
        if (record >= 0) {
            return Optional.of(new BtfDecoder(this, records).variable(name, record, firstId + record));
        }
        return base == null ? Optional.empty() : base.findVariable(name);
    }

    /** This blob's own variables of a section, such as {@code .data..percpu}, in its order. */
    public List<Variable> variables(String section) {
        return new BtfDecoder(this, records).variables(section);
    }

    /** Empty if the id is no record of this blob, or one of another kind. */
    OptionalInt recordOf(long id, int kind) {
        boolean isOwn = id >= firstId && id <= count();
        return isOwn && kind((int) id - firstId) == kind ? OptionalInt.of((int) id - firstId) : OptionalInt.empty();
    }

    @Override
    public Optional<Enumerator> findEnumerator(String name) {
        return findEnumOf(name).flatMap(type -> type.findByName(name));
    }

    @Override
    public Optional<EnumType> findEnumOf(String constant) {
        int record = new BtfDecoder(this, records).findEnumOf(constant, firstString);
        if (record >= 0 && type(firstId + record) instanceof EnumType type) {
            return Optional.of(type);
        }
        return base == null ? Optional.empty() : base.findEnumOf(constant);
    }

    @Override
    public List<String> typeNames(String prefix, int limit) {
        Set<String> names = new TreeSet<>();
        for (Btf one = this; one != null; one = one.base) {
            one.collectOwnNames(prefix, names);
        }
        return names.stream().limit(Math.max(0, limit)).toList();
    }

    @Override
    public List<String> enumeratorNames(String prefix, int limit) {
        Set<String> names = new TreeSet<>();
        for (Btf one = this; one != null; one = one.base) {
            new BtfDecoder(one, one.records).collectEnumerators(prefix, one.firstString, names);
        }
        return names.stream().limit(Math.max(0, limit)).toList();
    }

    /** Those of this blob alone, without its base's. */
    void collectOwnNames(String prefix, Set<String> names) {
        for (int record = 0; record < records.count(); record++) {
            String word = switch (kind(record)) {
                case BtfKind.STRUCT -> "struct ";
                case BtfKind.UNION -> "union ";
                case BtfKind.ENUM, BtfKind.ENUM64 -> "enum ";
                case BtfKind.TYPEDEF, BtfKind.INT, BtfKind.FLOAT -> "";
                default -> null;
            };
            long nameOffset = records.types().u32At(records.offset(record));
            if (word == null
                    || nameOffset == 0
                    || !word.regionMatches(0, prefix, 0, Math.min(word.length(), prefix.length()))) {
                continue;
            }
            String name = word + string(nameOffset);
            if (name.startsWith(prefix)) {
                names.add(kind(record) == BtfKind.INT ? IntNames.canonical(name) : name);
            }
        }
    }

    private int find(String name, IntPredicate wanted) {
        NameIndex known = index;
        if (known == null) {
            known = NameIndex.of(records.strings(), records.nameOffsets(firstString));
            index = known;
        }
        return known.find(name, wanted);
    }

    private int kind(int record) {
        return (int) (info(record) >>> 24 & 0x7f);
    }

    private long info(int record) {
        return records.types().u32At(records.offset(record) + 4L);
    }

    private long third(int record) {
        return records.types().u32At(records.offset(record) + 8L);
    }

    /** Ids of the records of one kind, in order. */
    List<Integer> recordsOf(int kind) {
        List<Integer> found = new ArrayList<>();
        for (int record = 0; record < records.count(); record++) {
            if (kind(record) == kind) {
                found.add(record);
            }
        }
        return found;
    }
}
