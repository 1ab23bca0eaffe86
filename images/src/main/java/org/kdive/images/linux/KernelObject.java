package org.kdive.images.linux;

import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Member;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;

/** A struct in memory: its members by path, read when asked for. */
final class KernelObject {
    private static final int LONGEST_TEXT_BYTES = 4096;

    private final LiveKernel kernel;
    private final Layout layout;
    private final long address;

    KernelObject(LiveKernel kernel, Layout layout, long address) {
        this.kernel = kernel;
        this.layout = layout;
        this.address = address;
    }

    long address() {
        return address;
    }

    boolean has(String path) {
        return layout.find(path).isPresent();
    }

    /** Where a member is. */
    long addressOf(String path) {
        return address + layout.offset(path);
    }

    /** A number, enum or pointer; sign-extended if its type has a sign. */
    long number(String path) {
        return number(layout.require(path));
    }

    /** The first of several paths that this kernel has; empty if it has none of them. */
    OptionalLong findNumber(String... paths) {
        Optional<Member> member = layout.findFirst(paths);
        return member.isPresent() ? OptionalLong.of(number(member.get())) : OptionalLong.empty();
    }

    /** What a pointer member points to. */
    KernelObject follow(String path, String tag) {
        return kernel.object(tag, number(path));
    }

    /** A struct member. */
    KernelObject inside(String path) {
        Member member = layout.require(path);
        if (member.type().type().strip() instanceof StructType type) {
            return new KernelObject(kernel, new Layout(type), address + member.byteOffset());
        }
        throw unfit(member, "a struct");
    }

    /** An array of chars, up to its first NUL. */
    String text(String path) {
        Member member = layout.require(path);
        if (member.type().type().strip() instanceof ArrayType array) {
            int length = (int) Math.min(LONGEST_TEXT_BYTES, array.sizeBytes());
            return kernel.bytes(path, address + member.byteOffset(), length).textAt(0, length);
        }
        throw unfit(member, "an array of chars");
    }

    private long number(Member member) {
        Type type = member.type().type().strip();
        int bytes = (int) Math.min(8, type.sizeBytes());
        boolean isNumber = type instanceof IntType || type instanceof EnumType || type instanceof PointerType;
        if (!isNumber || bytes == 0) {
            throw unfit(member, "a number");
        }
        long value = kernel.number(address + member.byteOffset(), bytes);
        int bits = 8 * bytes;
        if (member.isBitField()) {
            int first = (int) (member.bitOffset() & 7);
            bits = member.bitSize();
            // a field may reach over the bytes of its own type's size
            long raw = first + bits > 8 * bytes
                    ? kernel.number(address + member.byteOffset(), Math.min(8, (first + bits + 7) / 8))
                    : value;
            int width = Math.max(8 * bytes, (first + bits + 7) / 8 * 8);
            value = kernel.order() == ByteOrder.LITTLE_ENDIAN
                    ? raw >>> first
                    : raw >>> Math.max(0, width - first - bits);
        }
        return isSigned(type) ? signed(value, bits) : unsigned(value, bits);
    }

    private static boolean isSigned(Type type) {
        return type instanceof IntType integer ? integer.isSigned() : type instanceof EnumType e && e.isSigned();
    }

    private static long signed(long value, int bits) {
        return bits >= 64 ? value : value << 64 - bits >> 64 - bits;
    }

    private static long unsigned(long value, int bits) {
        return bits >= 64 ? value : value & (1L << bits) - 1;
    }

    private ImageException unfit(Member member, String wanted) {
        return new ImageException(new ImageFailure.Unsupported(
                layout.type().cName(),
                "member %s is %s, not %s"
                        .formatted(member.name(), member.type().type().cName(), wanted)));
    }
}
