package org.kdive.images.unwind;

import java.util.HexFormat;
import java.util.Optional;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.types.StructType;
import org.kdive.images.types.TypeTable;

/** The layouts of {@code struct orc_entry}. Told by structure, never by the kernel's version: they are backported. */
public enum OrcVersion {
    /** Linux 4.14: type of 2 bits, end. */
    V1,
    /** Linux 6.3 (ffb1b4a41016): signal before end. */
    V2,
    /** Linux 6.4 (fb799447ae29): type of 3 bits, signal. */
    V3,
    /** Linux 7.1: as V3, the registers numbered anew. */
    V4;

    // .orc_header: a hash of the definitions, the same for every kernel that has them
    private static final String HASH_V2 = "db84aed4103b31dd51e017f8f79783ca985c2c51";
    private static final String HASH_V3 = "fe5d32bf581bd63b2ca9a5c65ba5a625eab3fe24";
    private static final String HASH_V4 = "137c36ad7627c4dd55932176bb0ecdbd5041fc82";

    /**
     * By the hash in {@code .orc_header} if it is one we know, else by the kernel's own types; a kernel with neither is
     * taken for the oldest.
     */
    public static OrcVersion detect(Optional<Bytes> header, Optional<? extends TypeTable> types) {
        String hash = header.filter(bytes -> bytes.size() >= 20)
                .map(bytes -> HexFormat.of().formatHex(bytes.toArray(0, 20)))
                .orElse("");
        return switch (hash) {
            case HASH_V2 -> V2;
            case HASH_V3 -> V3;
            case HASH_V4 -> V4;
            default -> types.flatMap(OrcVersion::byTypes).orElse(header.isPresent() ? V3 : V1);
        };
    }

    private static Optional<OrcVersion> byTypes(TypeTable types) {
        return types.findType("struct orc_entry")
                .map(type -> type.strip() instanceof StructType entry ? entry : null)
                .map(entry -> {
                    boolean hasEnd = entry.findMember("end").isPresent();
                    boolean hasSignal = entry.findMember("signal").isPresent();
                    return hasEnd ? (hasSignal ? V2 : V1) : V3;
                });
    }

    /** The register that a number of this version means. */
    OrcRegister register(int number) {
        OrcRegister[] numbers = this == V4 ? OrcRegister.NEW_NUMBERS : OrcRegister.OLD_NUMBERS;
        return number < numbers.length ? numbers[number] : OrcRegister.UNDEFINED;
    }
}
