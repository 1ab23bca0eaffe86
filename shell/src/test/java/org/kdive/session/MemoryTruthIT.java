package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.Architecture;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.machine.MemoryMap;

/** kdive's own page walk and its direct look into RAM, against what QEMU says of the same guest. */
@Timeout(300)
final class MemoryTruthIT {
    private static final int PAGE = StopMemory.PAGE_BYTES;
    private static final Pattern GPA = Pattern.compile("gpa: (?:0x)?([0-9a-f]+)");
    private static final long SEED = 20261120;

    private record Sample(long address, OptionalLong ours, OptionalLong qemus) {}

    @ParameterizedTest
    @ValueSource(strings = {"debian", "debian/arm64"})
    void walksPageTablesAndReadsMemoryAsQemuDoes(String kernel) {
        try (Guest guest = Guest.boot(request(kernel))) {
            Stop stop = guest.bootedTo("do_sys_openat2");

            Map<String, List<Sample>> samples = guest.on(() -> samples(guest, stop));
            samples.forEach((kind, all) -> {
                assertThat(all).as(kind).hasSizeGreaterThanOrEqualTo(200);
                assertThat(all)
                        .as(kind)
                        .allSatisfy(one -> assertThat(one.ours())
                                .as("%s 0x%x", kind, one.address())
                                .isEqualTo(one.qemus()));
            });
            for (String mapped : List.of("text", "direct map", "per-CPU", "user")) {
                assertThat(samples.get(mapped))
                        .as(mapped)
                        .anyMatch(one -> one.ours().isPresent());
            }
            assertThat(samples.get("nowhere")).allMatch(one -> one.ours().isEmpty());

            int compared = guest.on(() -> compare(guest, stop));
            assertThat(compared).isGreaterThan(3_000);
            guest.on(() -> refusesDevices(guest, stop));
        }
    }

    private static BootRequest request(String kernel) {
        return BootRequest.of(kernel).withCpus(1);
    }

    private static Map<String, List<Sample>> samples(Guest guest, Stop stop) {
        Map<String, List<Long>> wanted = new LinkedHashMap<>();
        Random random = new Random(SEED);
        wanted.put("text", symbols(stop, true));
        wanted.put("data", symbols(stop, false));
        long task = guest.evaluateHere("(long)$lx_current()");
        wanted.put("direct map", around(random, task, 24));
        wanted.put("vmalloc", around(random, stop.registers().sp(), 24));
        wanted.put("far vmalloc", around(random, stop.registers().sp(), 40));
        wanted.put("per-CPU", around(random, guest.evaluateHere("(long)&$lx_per_cpu(runqueues, 0)"), 17));
        long stack = guest.evaluateHere("$lx_current()->mm->start_stack");
        long code = guest.evaluateHere("$lx_current()->mm->start_code");
        List<Long> user = around(random, code, 22);
        user.addAll(around(random, stack, 18));
        wanted.put("user", user);
        List<Long> anywhere = new ArrayList<>();
        List<Long> nowhere = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            anywhere.add(0xffff_0000_0000_0000L | random.nextLong() & 0xffff_ffff_ffffL);
            nowhere.add(0x0010_0000_0000_0000L + (random.nextLong() >>> 12)); // no architecture's, tags or not
        }
        wanted.put("anywhere in the upper half", anywhere);
        wanted.put("nowhere", nowhere);
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        wanted.forEach((kind, addresses) -> samples.put(
                kind,
                addresses.stream().map(address -> sample(guest, stop, address)).toList()));
        return samples;
    }

    // 300 addresses, all within 2^bits of a place
    private static List<Long> around(Random random, long place, int bits) {
        List<Long> addresses = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            addresses.add(place + (random.nextLong() >> 64 - bits));
        }
        return addresses;
    }

    private static List<Long> symbols(Stop stop, boolean code) {
        Program program = stop.program().orElseThrow();
        List<Long> all = program.symbols().stream()
                .filter(symbol -> !symbol.isAbsolute() && symbol.isText() == code)
                .map(Symbol::address)
                .map(program::toRunTime)
                .toList();
        List<Long> some = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            some.add(all.get((int) ((long) i * all.size() / 300)));
        }
        return some;
    }

    private static Sample sample(Guest guest, Stop stop, long address) {
        String answer = guest.session.hypervisor().monitor("gva2gpa 0x%x".formatted(address));
        Matcher matcher = GPA.matcher(answer);
        OptionalLong qemus =
                matcher.find() ? OptionalLong.of(Long.parseUnsignedLong(matcher.group(1), 16)) : OptionalLong.empty();
        return new Sample(address, stop.memory().physical(address), qemus);
    }

    /** Every other page of the kernel's image, and every 16th of the direct map of RAM; how many could be read. */
    private static int compare(Guest guest, Stop stop) {
        StopMemory packets =
                new StopMemory(guest.session.target().stub(), stop.thread(), Optional.empty(), Optional::empty);
        Program program = stop.program().orElseThrow();
        List<Long> ends = program.symbols().stream()
                .filter(symbol -> !symbol.isAbsolute())
                .map(Symbol::address)
                .sorted()
                .toList();
        long first = program.toRunTime(ends.get(0)) & -PAGE;
        long last = program.toRunTime(ends.get(ends.size() - 1));
        int compared = 0;
        for (long page = first; page < last; page += 2 * PAGE) {
            compared += compare(stop, packets, page);
        }
        long task = guest.evaluateHere("(long)$lx_current()") & -PAGE;
        for (int step = -2000; step < 2000; step++) {
            compared += compare(stop, packets, task + 16L * PAGE * step);
        }
        return compared;
    }

    private static int compare(Stop stop, StopMemory packets, long page) {
        byte[] mapped = stop.memory().readPrefix(page, PAGE);
        if (mapped.length == 0 && stop.memory().physical(page).isPresent()) {
            return 0; // a device
        }
        assertThat(mapped).as("page at 0x%x", page).isEqualTo(packets.readPrefix(page, PAGE));
        return mapped.length > 0 ? 1 : 0;
    }

    /** What the guest has mapped of its devices is found through the kernel's own tables, and is not read. */
    private static boolean refusesDevices(Guest guest, Stop stop) {
        MemoryMap map = guest.session.target().machine().orElseThrow().memoryMap();
        assertThat(map.areas()).extracting(MemoryMap.Area::kind).contains(MemoryMap.Kind.RAM, MemoryMap.Kind.DEVICE);
        long base = stop.registers().sp() & -(1L << 36);
        boolean isX86 = stop.architecture() == Architecture.X86_64;
        long found = 0;
        // x86: the fixmap, where the local APIC is; arm64: what ioremap made, beside the stacks
        long from = isX86 ? 0xffff_ffff_ff50_0000L : base;
        long step = PAGE;
        for (long page = from; page < from + (isX86 ? 0xb0_0000L : 1L << 28) && found == 0; page += step) {
            OptionalLong place = stop.memory().physical(page);
            boolean isDevice = place.isPresent()
                    && map.areaAt(place.getAsLong())
                            .filter(area -> area.kind() == MemoryMap.Kind.DEVICE)
                            .isPresent();
            found = isDevice ? page : 0;
        }
        assertThat(found).as("a device that is mapped").isNotZero();
        long device = found;
        assertThatThrownBy(() -> stop.memory().read(device, 4)).hasMessageContaining("is a device (");
        assertThatThrownBy(() -> stop.memory().read(device - 4, 256 << 10)).isNotNull();
        assertThat(stop.memory().readPrefix(device, 4)).isEmpty();
        assertThatThrownBy(() -> guest.evaluateHere("*(unsigned int *)0x%x".formatted(device)))
                .hasMessageContaining("monitor xp /1wx 0x");
        return true;
    }
}
