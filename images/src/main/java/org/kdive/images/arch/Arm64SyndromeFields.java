package org.kdive.images.arch;

import static org.kdive.images.arch.BitField.bit;
import static org.kdive.images.arch.BitField.field;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The bits of ESR_ELx, whose lower half means something else in each class. Arm ARM (DDI 0487), D24.2.40, ISS encoding. */
final class Arm64SyndromeFields {
    private static final long ISV = 1L << 24;
    private static final BitField FETCH = new BitField("IFSC", 0, 6, "why", Arm64Syndrome.FAULTS);
    private static final BitField ACCESS = new BitField("DFSC", 0, 6, "why", Arm64Syndrome.FAULTS);
    private static final BitField REST = field("ISS", 0, 25, "syndrome, by class");

    private Arm64SyndromeFields() {}

    static List<BitField> of(long esr) {
        List<BitField> fields = new ArrayList<>();
        fields.add(field("ISS2", 32, 24, "more of the syndrome"));
        fields.add(new BitField("EC", 26, 6, "exception class", Arm64Syndrome.CLASSES));
        fields.add(bit("IL", 25, "instruction of 32 bits"));
        fields.addAll(iss(esr));
        return fields;
    }

    private static List<BitField> iss(long esr) {
        return switch (new Arm64Syndrome(esr).exceptionClass()) {
            case 0x0d -> List.of(field("BTYPE", 0, 2, "how it was branched to"));
            case 0x11, 0x15, 0x16, 0x17 -> List.of(field("imm16", 0, 16, "the instruction's number"));
            case 0x18 -> systemRegister();
            case 0x1c -> List.of(bit("data", 1, "a data key"), bit("B", 0, "key B"));
            case 0x20, 0x21 -> instructionAbort();
            case 0x24, 0x25 -> dataAbort((esr & ISV) != 0);
            case 0x2c -> floatingPoint();
            case 0x2f -> systemError();
            case 0x30, 0x31 -> List.of(FETCH);
            case 0x32, 0x33 ->
                List.of(bit("ISV", 24, "EX counts"), bit("EX", 6, "stepped over a load exclusive"), FETCH);
            case 0x34, 0x35 -> List.of(bit("CM", 8, "cache maintenance"), bit("WnR", 6, "a write"), ACCESS);
            case 0x38, 0x3c -> List.of(field("Comment", 0, 16, "the instruction's number"));
            default -> List.of(REST);
        };
    }

    private static List<BitField> dataAbort(boolean saysWhichInstruction) {
        List<BitField> fields = new ArrayList<>();
        if (saysWhichInstruction) {
            Map<Long, String> sizes = Map.of(0L, "byte", 1L, "halfword", 2L, "word", 3L, "doubleword");
            fields.add(bit("ISV", 24, "the next five say which instruction it was"));
            fields.add(new BitField("SAS", 22, 2, "size of the access", sizes));
            fields.add(bit("SSE", 21, "sign extended"));
            fields.add(field("SRT", 16, 5, "register"));
            fields.add(bit("SF", 15, "register of 64 bits"));
            fields.add(bit("AR", 14, "acquire or release"));
        }
        fields.add(bit("VNCR", 13, "through VNCR_EL2"));
        fields.add(field("SET", 11, 2, "kind of error, or of load and store"));
        fields.add(bit("FnV", 10, "FAR says nothing"));
        fields.add(bit("EA", 9, "external abort type"));
        fields.add(bit("CM", 8, "cache maintenance"));
        fields.add(bit("S1PTW", 7, "on a walk of the first stage"));
        fields.add(bit("WnR", 6, "a write"));
        fields.add(ACCESS);
        return fields;
    }

    private static List<BitField> instructionAbort() {
        return List.of(
                field("SET", 11, 2, "kind of error"),
                bit("FnV", 10, "FAR says nothing"),
                bit("EA", 9, "external abort type"),
                bit("S1PTW", 7, "on a walk of the first stage"),
                FETCH);
    }

    private static List<BitField> systemRegister() {
        return List.of(
                field("Op0", 20, 2, "of the register's name"),
                field("Op2", 17, 3, "of the register's name"),
                field("Op1", 14, 3, "of the register's name"),
                field("CRn", 10, 4, "of the register's name"),
                field("Rt", 5, 5, "the general register"),
                field("CRm", 1, 4, "of the register's name"),
                bit("read", 0, "mrs, not msr"));
    }

    private static List<BitField> floatingPoint() {
        return List.of(
                bit("TFV", 23, "the next six are true"),
                bit("IDF", 7, "denormal"),
                bit("IXF", 4, "inexact"),
                bit("UFF", 3, "underflow"),
                bit("OFF", 2, "overflow"),
                bit("DZF", 1, "division by zero"),
                bit("IOF", 0, "invalid"));
    }

    private static List<BitField> systemError() {
        return List.of(
                bit("IDS", 24, "the implementation's own syndrome"),
                bit("IESB", 13, "at an error barrier"),
                field("AET", 10, 3, "how bad"),
                bit("EA", 9, "external abort type"),
                ACCESS);
    }
}
