package org.kdive.images.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.unwind.OrcVersion;

final class ModulesTest {
    @Test
    void listsWhatIsFormedWithItsMemoryByKind() {
        Modules modules = Modules.of(FakeModules.small(true).live());

        assertThat(modules.lost()).isEmpty();
        assertThat(modules.all()).hasSize(1);
        Module tun = modules.all().get(0);
        assertThat(tun.name()).isEqualTo("tun");
        assertThat(tun.state()).isEqualTo(Module.State.LIVE);
        assertThat(tun.references()).hasValue(2);
        assertThat(tun.base()).isEqualTo(FakeModules.TEXT);
        assertThat(tun.sizeBytes()).isEqualTo(0x2000);
        assertThat(tun.ranges())
                .containsExactly(
                        new Module.Range("text", FakeModules.TEXT, 0x1000),
                        new Module.Range("data", FakeModules.TEXT + 0x2000, 0x1000));
    }

    @Test
    void readsTheLayoutsOfOlderKernels() {
        Module tun = Modules.of(FakeModules.small(false).live()).all().get(0);

        assertThat(tun.ranges()).containsExactly(new Module.Range("core", FakeModules.TEXT, 0x3000));
        assertThat(tun.holds(FakeModules.TEXT + 0x2fff)).isTrue();
        assertThat(tun.holds(FakeModules.TEXT + 0x3000)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesSymbolsThatLieInTheModule(boolean isNew) {
        LiveKernel kernel = FakeModules.small(isNew).live();
        Module tun = Modules.of(kernel).all().get(0);

        SymbolTable symbols = ModuleSymbols.of(kernel, tun);

        assertThat(symbols.stream())
                .extracting(Symbol::name, Symbol::address, Symbol::sizeBytes, Symbol::type)
                .containsExactly(
                        tuple("tun_open", FakeModules.TEXT + 0x40, 0x20L, 't'),
                        tuple("tun_ops", FakeModules.TEXT + 0x2010, 8L, 'd'));
    }

    @Test
    void readsTheUnwindTableInPlace() {
        FakeKernel fake = FakeModules.small(true);
        long ips = FakeModules.TEXT + 0x10000;
        fake.put(FakeModules.TUN + 0x108, 2, 4)
                .put(FakeModules.TUN + 0x110, ips)
                .put(FakeModules.TUN + 0x118, ips + 8);
        fake.put(ips, FakeModules.TEXT - ips, 4).put(ips + 4, FakeModules.TEXT + 0x100 - (ips + 4), 4);
        fake.map(ips + 8, 12);
        LiveKernel kernel = fake.live();
        Module tun = Modules.of(kernel).all().get(0);

        assertThat(Modules.orc(kernel, tun, OrcVersion.V3).orElseThrow().find(FakeModules.TEXT + 0x42))
                .isPresent();
    }

    @Test
    void aModuleWithoutSymbolsOrCallsHasNone() {
        FakeKernel fake = FakeModules.small(true);
        fake.put(FakeModules.TUN + 0x100, 0);
        LiveKernel kernel = fake.live();
        Module tun = Modules.of(kernel).all().get(0);

        assertThat(ModuleSymbols.of(kernel, tun).size()).isZero();
        assertThat(Modules.orc(kernel, tun, OrcVersion.V1)).isEmpty();
    }

    @Test
    void knowsAModuleAgainWhateverItsReferencesAre() {
        FakeKernel fake = FakeModules.small(true);
        Module before = Modules.of(fake.live()).all().get(0);
        Module after =
                Modules.of(fake.put(FakeModules.TUN + 0x120, 9, 4).live()).all().get(0);
        List<Module> moved = Modules.of(
                        fake.put(FakeModules.TUN + 0x100, FakeModules.TEXT).live())
                .all();

        assertThat(after.isSameAs(before)).isTrue();
        assertThat(moved.get(0).isSameAs(before)).isFalse();
    }
}
