package org.kdive.images.unwind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.kdive.images.bytes.Bytes;

/** Writes ORC tables for tests, in the registers' old numbering. */
final class OrcBuilder {
    static final long IP_TABLE = 0xffffffff82c00000L;
    static final int BP = 4;
    static final int SP = 5;
    static final int R10 = 6;
    static final int BP_INDIRECT = 8;
    static final int SP_INDIRECT = 9;
    static final int PREV_SP = 1;

    private record Row(long ip, int spOffset, int bpOffset, int flags) {}

    private final List<Row> rows = new ArrayList<>();

    /** Rows must come in order of address. */
    OrcBuilder row(long ip, int spRegister, int spOffset, int bpRegister, int bpOffset, int rest) {
        rows.add(new Row(ip, spOffset, bpOffset, spRegister | bpRegister << 4 | rest << 8));
        return this;
    }

    OrcTable build(OrcVersion version) {
        ByteBuffer ips = ByteBuffer.allocate(rows.size() * 4).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer entries = ByteBuffer.allocate(rows.size() * 6).order(ByteOrder.LITTLE_ENDIAN);
        for (Row row : rows) {
            ips.putInt((int) (row.ip() - IP_TABLE - ips.position()));
            entries.putShort((short) row.spOffset())
                    .putShort((short) row.bpOffset())
                    .putShort((short) row.flags());
        }
        return OrcTable.of(
                Bytes.of("orc_unwind_ip", ips.array()), Bytes.of("orc_unwind", entries.array()), IP_TABLE, version);
    }
}
