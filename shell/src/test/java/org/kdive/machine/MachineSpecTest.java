package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The words that QEMU gets, and those that it never may. */
final class MachineSpecTest {
    private static List<String> words(MachineSpec.Builder builder) {
        return builder.build().commandLine(RunDirectory.imagined());
    }

    private static String after(List<String> words, String option) {
        assertThat(words).contains(option);
        return words.get(words.indexOf(option) + 1);
    }

    @Test
    void stopsBeforeTheFirstInstructionAndPausesOnPanic() {
        List<String> words = words(MachineSpec.builder());
        assertThat(words).startsWith("qemu-system-x86_64").contains("-S", "-nodefaults", "-no-user-config");
        assertThat(after(words, "-action")).isEqualTo("panic=pause");
        assertThat(after(words, "-display")).isEqualTo("none");
        assertThat(after(words, "-accel")).isEqualTo("tcg");
    }

    @Test
    void listensOnNoNetworkAddress() {
        assertThat(words(MachineSpec.builder())).noneMatch(word -> word.contains("tcp:") || word.equals("-s"));
    }

    @Test
    void qemuConnectsToUsForQmpAndConsoleAndOffersTheStub() {
        List<String> words = words(MachineSpec.builder());
        String run = RunDirectory.imagined().path().toString();
        assertThat(words)
                .contains(
                        "socket,id=qmp,path=" + run + "/qmp",
                        "socket,id=console,path=" + run + "/console",
                        "socket,id=gdb,path=" + run + "/gdb,server=on,wait=off");
    }

    @Test
    void bootsTheKernelWithItsWordsAsOne() {
        List<String> words = words(MachineSpec.builder()
                .kernel(Path.of("/boot/vmlinuz"))
                .initrd(Path.of("/boot/initrd"))
                .append("console=ttyS0", "panic=-1"));
        assertThat(after(words, "-kernel")).isEqualTo("/boot/vmlinuz");
        assertThat(after(words, "-initrd")).isEqualTo("/boot/initrd");
        assertThat(after(words, "-append")).isEqualTo("console=ttyS0 panic=-1");
    }

    @Test
    void firmwareFindsTheKernelOnADiskOfItsOwn() {
        List<String> words = words(MachineSpec.builder()
                .architecture(GuestArchitecture.AARCH64)
                .kernel(Path.of("/boot/Image"))
                .append("quiet")
                .disk(new Disk(Path.of("/nowhere/root"), Disk.Access.READ_WRITE))
                .firmware(new Firmware(Path.of("/lib/u-boot.bin"), Path.of("/tmp/a,b"))));
        assertThat(after(words, "-bios")).isEqualTo("/lib/u-boot.bin");
        assertThat(words)
                .doesNotContain("-kernel", "-append")
                .contains("virtio-blk-pci,drive=disk0", "virtio-blk-device,drive=boot")
                .contains("driver=raw,node-name=boot,read-only=on,file.driver=file,file.filename=/tmp/a,,b");
    }

    @Test
    void aKernelWhoseNameBeginsWithADashIsNoOption() {
        assertThat(after(words(MachineSpec.builder().kernel(Path.of("-S"))), "-kernel"))
                .startsWith("/");
    }

    @Test
    void sharesMemoryThroughAMemfdOfTheSameSize() {
        List<String> words = words(MachineSpec.builder().memoryBytes(3L << 30));
        assertThat(after(words, "-m")).isEqualTo("3072M");
        assertThat(after(words, "-object")).isEqualTo("memory-backend-memfd,id=ram,size=3072M,share=on");
        assertThat(after(words, "-machine")).isEqualTo("pc,memory-backend=ram");
    }

    @Test
    void aThirtyTwoBitGuestFindsItsBus() {
        MachineSpec.Builder arm = MachineSpec.builder().architecture(GuestArchitecture.ARM);
        assertThat(words(arm)).contains("virt,highmem=off,memory-backend=ram");
        assertThat(words(arm.machine("virt,highmem=on"))).contains("virt,highmem=on,memory-backend=ram");
        assertThat(words(arm.machine("versatilepb").memoryBytes(128 << 20))).contains("versatilepb,memory-backend=ram");
    }

    @Test
    void laysNoRootPortsWhereQemuHasNoMessageInterrupts() {
        MachineSpec.Builder virt = MachineSpec.builder().architecture(GuestArchitecture.AARCH64);

        assertThat(words(virt.machine("virt,gic-version=3,its=off,secure=on")))
                .noneMatch(word -> word.startsWith("pcie-root-port"));
        assertThat(words(virt.machine("virt,its=off"))).anyMatch(word -> word.startsWith("pcie-root-port"));
        assertThat(words(virt.machine("virt,gic-version=3"))).anyMatch(word -> word.startsWith("pcie-root-port"));
    }

    @Test
    void laysRootPortsWhereTheBusItselfRefusesHotPlug() {
        assertThat(words(MachineSpec.builder())).noneMatch(word -> word.startsWith("pcie-root-port"));
        assertThat(words(MachineSpec.builder().machine("q35,smm=off")))
                .filteredOn(word -> word.startsWith("pcie-root-port"))
                .hasSize(QemuCommandLine.ROOT_PORTS);
        assertThat(words(MachineSpec.builder().architecture(GuestArchitecture.AARCH64)))
                .filteredOn(word -> word.startsWith("pcie-root-port"))
                .hasSize(QemuCommandLine.ROOT_PORTS);
    }

    @Test
    void emulatesA64BitProcessorOnVirt() {
        List<String> words = words(MachineSpec.builder().architecture(GuestArchitecture.AARCH64));
        assertThat(words).startsWith("qemu-system-aarch64");
        assertThat(after(words, "-machine")).startsWith("virt,");
        assertThat(after(words, "-cpu")).isEqualTo("cortex-a57");
    }

    @Test
    void addsNoDeviceToABoardItDoesNotKnow() {
        List<String> words =
                words(MachineSpec.builder().architecture(GuestArchitecture.ARM).machine("versatilepb"));
        assertThat(words).doesNotContain("-device", "-fsdev");
    }

    @Test
    void kvmTakesTheHostsProcessor() {
        List<String> words = words(MachineSpec.builder().accelerator(Accelerator.KVM));
        assertThat(after(words, "-accel")).isEqualTo("kvm");
        assertThat(after(words, "-cpu")).isEqualTo("host");
    }

    @Test
    void aSeedTakesTheHostsClockAway() {
        List<String> words = words(MachineSpec.builder().seed(7));
        assertThat(after(words, "-seed")).isEqualTo("7");
        assertThat(words).contains("-icount", "-rtc");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> words(MachineSpec.builder().seed(7).accelerator(Accelerator.KVM)));
    }

    @Test
    void doublesACommaInsideAnOption() {
        List<String> words =
                words(MachineSpec.builder().share(new Share(Path.of("/srv/a,readonly=on"), "t", Share.Access.MAPPED)));
        assertThat(words).anyMatch(word -> word.contains("path=/srv/a,,readonly=on,security_model=mapped-xattr"));
    }

    @Test
    void writesOfDisksWhatTheyAre(@TempDir Path dir) throws IOException {
        Path raw = Files.write(dir.resolve("raw"), new byte[512]);
        Path qcow2 = dir.resolve("qcow2");
        ScratchImage.write(qcow2);
        MachineSpec.Builder spec = MachineSpec.builder()
                .disk(Disk.parse(raw + ",ro"))
                .disk(Disk.parse(qcow2 + ",rw"))
                .disk(Disk.parse(raw.toString()));
        assertThat(words(spec))
                .contains(
                        "driver=raw,node-name=disk0,read-only=on,file.driver=file,file.filename=" + raw,
                        "driver=qcow2,node-name=disk1,read-only=off,file.driver=file,file.filename=" + qcow2,
                        // Never written to: the guest's disk is the one laid over it.
                        "driver=raw,node-name=original2,read-only=on,file.driver=file,file.filename=" + raw)
                .anyMatch(word -> word.startsWith("driver=qcow2,node-name=disk2,backing=original2,"))
                .contains("virtio-blk-pci,drive=disk2");
        assertThat(spec.build().snapshotNodes()).containsExactly("vm0", "disk2");
    }

    @Test
    void refusesWhatCannotBeBooted() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> words(MachineSpec.builder().memoryBytes(1000)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> words(MachineSpec.builder().cpus(0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> words(MachineSpec.builder().extra(List.of("-daemonize"))))
                .withMessageContaining("outlive");
    }

    @Test
    void theUsersWordsComeLast() {
        assertThat(words(MachineSpec.builder().extra(List.of("-m", "1G")))).endsWith("-m", "1G");
    }

    @Test
    void quotesForAShellWhatAShellWouldRead() throws Exception {
        List<String> words = List.of("a", "", "it's", "$HOME `id` \"x\"", "a\nb", "é", "--x=1,2", "~", "*");
        Process shell = new ProcessBuilder("/bin/sh", "-c", "printf '%s\\0' " + ShellWords.quote(words)).start();
        String read = new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(read).isEqualTo(String.join("\0", words) + "\0");
    }

    @Test
    void readsSharesAsTheyAreTyped() {
        assertThat(Share.parse("/srv/data")).isEqualTo(new Share(Path.of("/srv/data"), "data", Share.Access.MAPPED));
        assertThat(Share.parse("/srv/data:t1,ro"))
                .isEqualTo(new Share(Path.of("/srv/data"), "t1", Share.Access.READ_ONLY));
        assertThat(Share.parse("/srv/data,plain"))
                .isEqualTo(new Share(Path.of("/srv/data"), "data", Share.Access.PLAIN));
        // procfs has no user.* attributes on any Linux
        assertThat(Share.parse("/proc").fitting().access()).isEqualTo(Share.Access.PLAIN);
        assertThat(Share.parse("/proc:p,ro").fitting().access()).isEqualTo(Share.Access.READ_ONLY);
        assertThat(Share.parse("/a:b/c")).isEqualTo(new Share(Path.of("/a:b/c"), "c", Share.Access.MAPPED));
        assertThat(Share.parse("/")).isEqualTo(new Share(Path.of("/"), "share", Share.Access.MAPPED));
        assertThatIllegalArgumentException().isThrownBy(() -> Share.parse("/srv:a b"));
    }
}
