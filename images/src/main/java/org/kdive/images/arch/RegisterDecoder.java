package org.kdive.images.arch;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kdive.images.Architecture;

/** What the registers of one architecture are for and what their bits mean. Names in any case. Safe from any thread. */
public final class RegisterDecoder {
    private final Map<String, List<BitField>> fields;
    private final Map<String, LongFunction<List<BitField>>>
            byValue; // registers whose bits say what others of them mean
    private final List<GroupRule> groups;

    /** Every register whose lower-case name matches belongs to the group; the first rule that matches decides. */
    record GroupRule(String regex, RegisterGroup group) {}

    RegisterDecoder(
            Map<String, List<BitField>> fields,
            Map<String, LongFunction<List<BitField>>> byValue,
            List<GroupRule> groups) {
        this.fields = Map.copyOf(fields);
        this.byValue = Map.copyOf(byValue);
        this.groups = List.copyOf(groups);
    }

    /** Empty for an architecture whose registers we do not know. */
    public static Optional<RegisterDecoder> find(Architecture architecture) {
        return switch (architecture) {
            case X86_64, X86_32 -> Optional.of(x86());
            case ARM64 -> Optional.of(arm64());
            case ARM -> Optional.of(arm());
            case RISCV64, RISCV32 -> Optional.of(riscv64());
            case LOONGARCH64, MIPS64, MIPS, PPC64, PPC, S390X -> Optional.empty();
        };
    }

    public static RegisterDecoder x86() {
        return new RegisterDecoder(X86Fields.all(), X86Fields.byValue(), X86Fields.groups());
    }

    public static RegisterDecoder arm64() {
        return new RegisterDecoder(Arm64Fields.all(), Arm64Fields.byValue(), Arm64Fields.groups());
    }

    public static RegisterDecoder arm() {
        return new RegisterDecoder(ArmFields.all(), ArmFields.byValue(), ArmFields.groups());
    }

    public static RegisterDecoder riscv64() {
        return new RegisterDecoder(RiscvFields.all(), RiscvFields.byValue(), RiscvFields.groups());
    }

    /** {@link RegisterGroup#SYSTEM} for a name no rule knows: stubs list hundreds of those. */
    public RegisterGroup group(String register) {
        String name = register.toLowerCase(Locale.ROOT);
        return groups.stream()
                .filter(rule -> name.matches(rule.regex()))
                .map(GroupRule::group)
                .findFirst()
                .orElse(RegisterGroup.SYSTEM);
    }

    /** The registers, in lower case, whose bits have names. */
    public Set<String> registers() {
        return Stream.concat(fields.keySet().stream(), byValue.keySet().stream())
                .collect(Collectors.toSet());
    }

    /** The named bits, highest first; empty when the register is a plain number or unknown. */
    public List<BitField> fields(String register, long value) {
        String name = register.toLowerCase(Locale.ROOT);
        LongFunction<List<BitField>> choice = byValue.get(name);
        return choice == null ? fields.getOrDefault(name, List.of()) : choice.apply(value);
    }

    /** {@code [ PG WP NE ET PE ]}, the highest bit first; empty when the register is a plain number or unknown. */
    public Optional<String> decode(String register, long value) {
        List<BitField> known = fields(register, value);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder("[ ");
        for (BitField field : known) {
            field.shown(value).ifPresent(shown -> text.append(shown).append(' '));
        }
        return Optional.of(text.append(']').toString());
    }
}
