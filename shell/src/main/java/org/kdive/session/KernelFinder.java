package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.linux.VmcoreInfo;
import org.kdive.images.vmlinux.KernelInMemory;

/**
 * Which kernel a guest runs that was up before kdive came. Where an image is given, it holds the image against the guest and
 * refuses that of another kernel; where none is, the guest's memory is the image. Session thread; the guest is stopped.
 */
final class KernelFinder {
    /** __START_KERNEL_map + CONFIG_PHYSICAL_START, as all but hand-made configurations have it. */
    private static final long X86_LINK_ADDRESS = 0xffffffff81000000L;

    private static final long X86_KERNEL_MAP = 0xffffffff80000000L;
    /** How much of arm64's head may not be mapped: from _text to _stext. */
    private static final long MOST_HEAD_BYTES = 0x10000;

    private final Target target;
    private final SlideSearch slide;
    private final Notices notices;

    KernelFinder(Target target, SlideSearch slide, Notices notices) {
        this.target = target;
        this.slide = slide;
        this.notices = notices;
    }

    /** Throws Refused when the image is of another kernel. Quiet when no kernel is up yet. */
    void look(ThreadId thread) {
        if (!target.stub().features().isQemu() && !(target.hasKernel() && slide.isSettled())) {
            return; // no kernel, or a line too slow for megabytes
        }
        if (target.hasKernel() && slide.isSettled()) {
            slide.confirmedBy(checked(thread, target.requireProgram(), target.slideBytes()));
            return;
        }
        Optional<KernelInMemory> found = find(thread);
        if (found.isPresent()) {
            if (target.hasKernel()) {
                recognise(thread, found.get());
            } else {
                adopt(thread, found.get());
            }
        }
    }

    private Optional<KernelInMemory> find(ThreadId thread) {
        OptionalLong code = codeAddress(thread);
        return code.isEmpty()
                ? Optional.empty()
                : KernelInMemory.find(target.architecture(), target.memory(thread), code.getAsLong());
    }

    /** Somewhere in the kernel's code. */
    private OptionalLong codeAddress(ThreadId thread) {
        RegisterFile registers = target.registers(thread);
        if (target.architecture() == Architecture.X86_64) {
            OptionalLong handler = InterruptTable.handlerOfDivideError(target, thread);
            return handler.isPresent() && isKernels(handler.getAsLong()) ? handler : kernels(registers.pc());
        }
        if (target.architecture() != Architecture.ARM64) {
            return OptionalLong.empty();
        }
        return Arm64PrimarySwitch.VECTOR_BASES.stream()
                .map(registers::number)
                .filter(base -> base.isPresent() && isKernels(base.getAsLong()))
                .findFirst()
                .orElseGet(() -> kernels(registers.pc()));
    }

    private OptionalLong kernels(long address) {
        return isKernels(address) ? OptionalLong.of(address) : OptionalLong.empty();
    }

    private boolean isKernels(long address) {
        return target.architecture() == Architecture.X86_64
                ? Long.compareUnsigned(address, X86_KERNEL_MAP) >= 0
                : address < 0;
    }

    // the image's own marks were not found: it is another kernel, or one that cannot be told from others
    private void recognise(ThreadId thread, KernelInMemory found) {
        KernelImage image = target.requireProgram().image();
        String runs = found.banner().orElse("");
        if (!image.banner().map(runs::equals).orElse(false)) {
            throw wrong(
                    "it runs \"%s\"".formatted(runs),
                    "\"%s\"".formatted(image.banner().orElse("no banner")));
        }
        OptionalLong text = image.textLinkAddress();
        if (text.isPresent() && target.architecture() == Architecture.X86_64) {
            long slideBytes = found.address() - text.getAsLong();
            slide.settle(new SlideMethod.Found(slideBytes, "its place in memory less the image's, banner compared"));
            slide.confirmedBy(checked(thread, target.requireProgram(), slideBytes));
        }
    }

    private void adopt(ThreadId thread, KernelInMemory found) {
        long byPlace = target.architecture() == Architecture.X86_64 ? found.address() - X86_LINK_ADDRESS : 0;
        Program unmoved = found.program(0).slidBy(0);
        Optional<VmcoreInfo> told = VmcoreInfo.of(unmoved, target.memory(thread));
        OptionalLong offset = told.map(VmcoreInfo::slideBytes).orElse(OptionalLong.empty());
        long slideBytes = offset.orElse(byPlace);
        String how = offset.isPresent()
                ? "told by the guest's vmcoreinfo"
                : slideBytes == 0
                        ? "nothing in the guest tells: addresses are those it runs at"
                        : "its place in memory less the usual 0x%x".formatted(X86_LINK_ADDRESS);
        notices.notice(
                "found in the guest's memory: %s, %d symbols%s",
                target.architecture() == Architecture.X86_64 || found.banner().isPresent()
                        ? release(found)
                        : "a kernel",
                unmoved.symbols().size(),
                unmoved.types().isPresent() ? ", types (BTF)" : "");
        slide.adopt(found.program(slideBytes), new SlideMethod.Found(slideBytes, how));
        slide.confirmedBy(confirmations(found, told, slideBytes));
    }

    private static String release(KernelInMemory found) {
        String[] words = found.banner().orElse("").split(" ", 4);
        return words.length < 3 ? "a kernel" : "Linux " + words[2];
    }

    private List<String> confirmations(KernelInMemory found, Optional<VmcoreInfo> told, long slideBytes) {
        List<String> lines = new ArrayList<>();
        if (target.architecture() == Architecture.X86_64) {
            long place = found.address() - X86_LINK_ADDRESS;
            lines.add(verdict(
                    place == slideBytes,
                    "mapped from 0x%x on, the usual 0x%x and 0x%x"
                            .formatted(found.address(), X86_LINK_ADDRESS, place)));
        } else {
            told.map(info -> info.number("MODULES_END"))
                    .orElse(OptionalLong.empty())
                    .ifPresent(end -> {
                        long place = found.address() - end - slideBytes; // KIMAGE_VADDR is MODULES_END
                        lines.add(verdict(
                                place >= 0 && place <= MOST_HEAD_BYTES,
                                "mapped from 0x%x on, MODULES_END is 0x%x".formatted(found.address(), end)));
                    });
        }
        lines.add("banner: " + found.banner().orElse("none"));
        return lines;
    }

    /** What the kernel itself says of its place, held against what was found. Throws Refused for another's symbols. */
    private List<String> checked(ThreadId thread, Program program, long slideBytes) {
        Optional<VmcoreInfo> told = VmcoreInfo.of(program, target.memory(thread));
        if (told.isEmpty()) {
            return List.of("vmcoreinfo: not written by this kernel, or not yet");
        }
        List<String> lines = new ArrayList<>();
        told.get()
                .slideBytes()
                .ifPresent(offset ->
                        lines.add(verdict(offset == slideBytes, "vmcoreinfo: KERNELOFFSET is 0x%x".formatted(offset))));
        program.findSymbol("_stext")
                .ifPresent(known -> told.get()
                        .symbol("_stext")
                        .ifPresent(address -> lines.add(verdict(
                                address == known.address(), "vmcoreinfo: _stext is at 0x%x".formatted(address)))));
        told.get()
                .buildId()
                .ifPresent(runs -> program.image().buildId().ifPresent(has -> {
                    if (!runs.equals(has)) {
                        throw wrong("its build-id is " + runs, "build-id " + has);
                    }
                    lines.add("vmcoreinfo: build-id %s, the image's".formatted(runs));
                }));
        return lines;
    }

    private static String verdict(boolean agrees, String fact) {
        return fact + (agrees ? ": agrees" : ": DISAGREES");
    }

    private SessionException wrong(String guest, String image) {
        return new SessionException(
                "%s is not the kernel of this guest: %s, the image is %s; give its own, or none at all to take it from memory"
                        .formatted(target.requireProgram().image().source(), guest, image),
                new SessionFailure.Refused(guest));
    }
}
