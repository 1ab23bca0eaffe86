package org.kdive.session;

import java.util.Optional;
import java.util.function.Supplier;
import org.kdive.images.Architecture;
import org.kdive.images.Program;
import org.kdive.machine.MachineSpec;

/**
 * What to boot and how to read it.
 *
 * @param hasKernel whether {@code kernel} will bring symbols: known before the file is unpacked
 * @param kernel the kernel at its link addresses; asked for late and once, may block while another thread unpacks it
 */
public record BootPlan(
        MachineSpec spec, Architecture architecture, boolean hasKernel, Supplier<Optional<Program>> kernel) {}
