package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RegistersTest {
    private static TargetDescription description(ByteOrder order) {
        return new TargetDescription(
                "test",
                order,
                List.of(
                        new Register("flags", 1, 32, "int32", "", ""),
                        new Register("pc", 0, 64, "code_ptr", "", ""),
                        new Register("xmm0", 2, 128, "vec128", "", ""),
                        new Register("far", 90, 64, "int", "", "")));
    }

    private static byte[] bytes(String hex) {
        return hex.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void cutsByNumberAndKnowsWhatIsNotThere() {
        Registers registers = Registers.cut(
                description(ByteOrder.LITTLE_ENDIAN),
                bytes("f0ffffffffffffff" + "xxxxxxxx" + "01" + "00".repeat(14) + "80"));
        assertThat(registers.requireLong("pc")).isEqualTo(-16);
        assertThat(registers.findBytes("flags")).isEmpty();
        assertThat(registers.find("xmm0"))
                .contains(BigInteger.ONE.shiftLeft(127).add(BigInteger.ONE));
        assertThat(registers.findLong("xmm0")).isEmpty();
        assertThat(registers.present()).extracting(Register::name).containsExactly("pc", "xmm0");
        assertThatThrownBy(() -> registers.requireLong("far")).isInstanceOf(RspException.class);
    }

    @Test
    void knowsBothByteOrders() {
        Registers registers = Registers.cut(description(ByteOrder.BIG_ENDIAN), bytes("0000000000000102" + "00000003"));
        assertThat(registers.requireLong("pc")).isEqualTo(0x102);
        assertThat(registers.requireLong("flags")).isEqualTo(3);
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            BigInteger value = new BigInteger("123456789abcdef0", 16);
            byte[] bytes = Registers.targetOrder(value, 10, order);
            assertThat(bytes).hasSize(10);
            assertThat(Registers.unsigned(bytes, order)).isEqualTo(value);
        }
    }
}
