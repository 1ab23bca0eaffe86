package org.kdive.cli;

import picocli.CommandLine.ITypeConverter;

/** How picocli reads a KERNEL. */
final class KernelWords implements ITypeConverter<KernelArgument> {
    @Override
    public KernelArgument convert(String words) {
        return new KernelArgument(words);
    }
}
