package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kdive.gdbrsp.Stoppoint;

/** The processor, QEMU's, is right: what kdive does in its place is the same, to the last register. */
@Timeout(240)
final class PlainX86IT {
    private static final List<String> CODE = List.of(
            "90",
            "6690",
            "0f1f440000",
            "660f1f840000000000",
            "662e0f1f840000000000",
            "f30f1efa",
            "eb10",
            "e900010000",
            "4889f8",
            "89f8",
            "4989f9",
            "4d8bc8",
            "488bc7",
            "8bd9",
            "4889e5",
            "31c0",
            "33d2",
            "4531c9",
            "4831ff",
            "b8efbeadde",
            "41b9ffffffff",
            "31ff");

    @Test
    void doesWhatTheProcessorDoes() {
        try (Guest guest = Guest.boot(1, "nokaslr")) {
            guest.bootedTo("start_kernel");
            long pc = guest.evaluate("$pc");
            guest.evaluate("$rdi = 0xdd000000dd0000dd");
            guest.evaluate("$rcx = 0x8877665544332211");
            guest.evaluate("$r8 = 0x1122334455667788");
            for (String hex : CODE) {
                byte[] code = HexFormat.of().parseHex(hex);
                guest.evaluate("$rip = " + pc);
                guest.evaluate("$eflags = 0x8d7");
                Map<String, Long> expected = guest.on(() -> {
                    Stop stop = guest.session.requireStop();
                    stop.write(pc, code);
                    RegisterFile registers = guest.session.requireStop().registers();
                    Map<String, Long> all = values(registers);
                    all.putAll(PlainX86.effect(code, registers::require).orElseThrow());
                    return all;
                });
                Stop stop = guest.run(() -> guest.session.stepper().step());
                assertThat(guest.on(() -> values(stop.registers()))).as(hex).isEqualTo(expected);
            }
        }
    }

    private static Map<String, Long> values(RegisterFile registers) {
        return registers.present().stream()
                .filter(register -> register.sizeBytes() <= 8)
                .collect(Collectors.toMap(
                        register -> register.name(),
                        register -> registers.require(register.name()),
                        (one, other) -> one,
                        TreeMap::new));
    }

    @Test
    void aBreakpointThatIsNeverTrueChangesNothing() {
        try (Guest guest = Guest.boot(2)) {
            guest.bootedTo("rest_init");
            guest.breakAt("_raw_spin_lock", "$rdi == 0x1234");
            Breakpoint counted = guest.breakAt("_raw_spin_lock");
            guest.on(() -> {
                guest.session.breakpoints().ignore(counted.number(), 500);
                return true;
            });

            Stop stop = guest.resume();

            assertThat(guest.where(stop)).isEqualTo("_raw_spin_lock");
            assertThat(guest.on(() -> guest.session
                            .breakpoints()
                            .require(counted.number())
                            .hits()))
                    .isEqualTo(501);
            guest.on(() -> {
                guest.session.breakpoints().deleteAll();
                return guest.session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, "do_sys_openat2"));
            });
            assertThat(guest.where(guest.resume())).isEqualTo("do_sys_openat2"); // the guest lives
        }
    }
}
