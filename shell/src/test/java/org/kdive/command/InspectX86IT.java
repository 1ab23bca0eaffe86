package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can be read of one stopped x86-64 guest, in a system call of its first program. */
@Timeout(240)
final class InspectX86IT {
    private static BootedGuest guest;

    @BeforeAll
    static void boot() {
        guest = BootedGuest.stoppedAt("debian", "do_sys_openat2");
    }

    @AfterAll
    static void end() {
        guest.close();
    }

    @Test
    void showsTheControlRegistersBitByBit() {
        assertThat(guest.answer("info registers control"))
                .containsPattern("cr0 +0x80050033 +\\[ PG AM WP NE ET MP PE ]")
                .containsPattern("cr3 +0x([0-9a-f]+)000 +\\[ PDBR=0x\\1000 ]")
                .containsPattern("cr4 +0x[0-9a-f]+ +\\[ .*OSFXSR PGE .*PAE .*]")
                .containsPattern("cr8 +0x")
                .containsPattern("efer +0x[0-9a-f]+ +\\[ NXE LMA LME SCE ]");
        assertThat(guest.answer("info registers eflags")).containsPattern("eflags +0x[0-9a-f]+ +\\[ IF ");
        assertThat(guest.answer("info registers mxcsr")).containsPattern("0x1f80 +\\[ RC=nearest PM UM OM ZM DM IM ]");
        assertThat(guest.answer("info registers fctrl")).containsPattern("\\[ RC=nearest PC=extended .*]");
    }

    @Test
    void showsWhatTheProcessorKeepsBesideItsSelectors() {
        assertThat(guest.answer("info registers segment"))
                .containsPattern("cs +0x10 +\\[ INDEX=0x2 ] base=0x0 limit=0xffffffff CS64 DPL=0 \\[ R A ]")
                .containsPattern("gs_base +0xffff");
        assertThat(guest.answer("info registers system"))
                .containsPattern("idtr +0xfffffe0000000000 +limit=0xfff")
                .containsPattern("tr +0x40 +base=0xfffffe[0-9a-f]+ limit=0x[0-9a-f]+ TSS( busy)? DPL=0")
                .containsPattern("dr7 +0x400 +\\[ ]");
        assertThat(guest.answer("info registers idt"))
                .contains("0xfffffe0000000000")
                .doesNotContain("gdtr");
    }

    @Test
    void walksTheKernelsTreesAsTheKernelItselfDoes() {
        // the same areas hang in a tree and in a list that is kept sorted
        List<String> tree = guest.answer("list vmap_area_root struct vmap_area rb_node")
                .lines()
                .toList();
        assertThat(tree)
                .hasSizeGreaterThan(20)
                .isEqualTo(guest.answer("list vmap_area_list struct vmap_area list")
                        .lines()
                        .toList());
        // an idr of all pids; every task has one
        List<String> pids = guest.answer("list init_pid_ns.idr struct pid, numbers[0].nr")
                .lines()
                .toList();
        assertThat(pids)
                .filteredOn(line -> line.startsWith("["))
                .isNotEmpty()
                .allMatch(line -> line.matches("\\[(\\d+)] \\(struct pid \\*\\) 0x[0-9a-f]+ +numbers\\[0]\\.nr = \\1"));
        long tasks = guest.answer("list init_task.tasks struct task_struct tasks")
                .lines()
                .count();
        assertThat(pids.size()).isGreaterThanOrEqualTo((int) tasks);
        assertThat(guest.answer("list irq_desc_tree struct irq_desc, irq_data.irq"))
                .containsPattern("\\[4] \\(struct irq_desc \\*\\) 0x[0-9a-f]+ +irq_data\\.irq = 4\n");
    }

    @Test
    void showsTheNumbersThatAnIdaHasGivenOut() {
        // each of the kernel's own mounts, and init's root, has one
        String mounts = guest.answer("list (struct ida *)&mnt_id_ida");
        assertThat(mounts).matches("(?s)0-\\d+\n.*\\d+ numbers in use\n");
        long highest = guest.number(
                "((struct mount *)((char *)$lx_current()->fs->root.mnt - offsetof(struct mount, mnt)))->mnt_id");
        assertThat(mounts).containsPattern("(?m)^(0-)?%d$|^0-\\d+$".formatted(highest));
        assertThat(guest.answer("list *(struct ida *)&mnt_id_ida")).isEqualTo(mounts);
    }

    @Test
    void completesWhatTheWordCanBe() {
        assertThat(guest.answer("complete print SYSTEM_RU")).isEqualTo("print SYSTEM_RUNNING\n");
        assertThat(guest.answer("complete p sizeof(struct task_st")).isEqualTo("p sizeof(struct task_struct\n");
        assertThat(guest.answer("complete p (enum system_sta")).isEqualTo("p (enum system_states\n");
        assertThat(guest.answer("complete ptype u3")).contains("ptype u32\n");
        assertThat(guest.answer("complete break vfs_read if init_task.prio"))
                .isEqualTo("break vfs_read if init_task.prio\n");
        assertThat(guest.answer("complete catch syscall openat"))
                .isEqualTo("catch syscall openat\ncatch syscall openat2\n");
        assertThat(guest.answer("complete catch sysc")).isEqualTo("catch syscall\n");
    }

    @Test
    void refusesToDisplayWhatNothingIsCalled() {
        assertThatThrownBy(() -> guest.answer("display nosuch")).hasMessageContaining("no symbol \"nosuch\"");
        assertThat(guest.answer("info display")).contains("no auto-display expressions");
    }

    @Test
    void showsTheLinesOfAFileThatIsSourced(@TempDir Path files) throws IOException {
        Path file = Files.writeString(files.resolve("two"), "print 1\nif 1\necho two\\n\nend\n");
        assertThat(guest.answer("source -v " + file)).matches("\\+print 1\n\\$\\d+ = 1\n\\+if 1\n\\+echo two.*\ntwo\n");
    }

    @Test
    void looksBeforeAnAddress() {
        assertThat(guest.answer("x/-3i $pc")).doesNotContain("=>").hasLineCount(3);
        assertThat(guest.answer("x/-2xb linux_banner+2")).contains("<linux_banner>:\t0x4c\t0x69");
        assertThat(guest.answer("x/-1s linux_banner+5")).contains("<linux_banner>:\t\"Linux version ");
        assertThatThrownBy(() -> guest.answer("x/-2i 0x1000")).hasMessageContaining("no function is known before");
    }

    @Test
    void walksTheMapleTreeOfAProgramsMemory() {
        List<String> areas = guest.answer("list $lx_current()->mm->mm_mt struct vm_area_struct, vm_start, vm_end")
                .lines()
                .toList();
        assertThat(areas).hasSizeGreaterThan(4);
        for (String area : areas.subList(0, areas.size() - 1)) {
            Matcher matcher = Pattern.compile("\\[0x([0-9a-f]+)-0x([0-9a-f]+)] .* vm_start = (\\d+), vm_end = (\\d+)")
                    .matcher(area);
            assertThat(matcher.matches()).as(area).isTrue();
            assertThat(Long.parseUnsignedLong(matcher.group(1), 16))
                    .isEqualTo(Long.parseUnsignedLong(matcher.group(3)));
            assertThat(Long.parseUnsignedLong(matcher.group(2), 16) + 1)
                    .isEqualTo(Long.parseUnsignedLong(matcher.group(4)));
        }
    }

    @Test
    void saysWhereAWalkThroughGarbageEnds() {
        assertThat(guest.answer("list (struct maple_tree *)&linux_banner struct vm_area_struct"))
                .contains("0 entries; then a node of an unknown kind");
        assertThat(guest.answer("list linux_banner struct vmap_area rb_node")).contains("cannot access memory");
        assertThat(guest.answer("list (struct list_head *)&empty_zero_page struct task_struct tasks"))
                .containsPattern("0 entries; the head at 0x[0-9a-f]+ is zero: not initialised yet");
        assertThat(guest.answer("list &empty_zero_page struct task_struct tasks"))
                .containsPattern("0 entries; the word at 0x[0-9a-f]+ is zero");
        assertThat(guest.answer("list (struct list_head *)&linux_banner struct task_struct tasks"))
                .containsPattern("0 entries; then a link to 0x[0-9a-f]+, which cannot be read");
        assertThat(guest.answer("list (struct list_head *)init_task.tasks.next->next struct task_struct tasks"))
                .doesNotContain(";");
        assertThatThrownBy(() -> guest.answer("list init_task struct task_struct tasks"))
                .hasMessageContaining("init_task is a struct task_struct, no list head; it has ")
                .hasMessageContaining("tasks, children, sibling");
        assertThatThrownBy(() -> guest.answer("list init_task.pid struct task_struct tasks"))
                .hasMessageContaining("of type int, no list head");
        assertThatThrownBy(() -> guest.answer("list")).hasMessageContaining("disassemble shows code");
        assertThat(guest.answer("list $lx_current()->thread_pid->tasks[0] struct task_struct pid_links[0], comm"))
                .contains("comm = \"init\"", "1 entry");
        assertThat(guest.answer("print rb_entry(vmap_area_root.rb_node, struct vmap_area, rb_node)->va_start != 0"))
                .contains("= 1");
    }

    @Test
    void explainsEveryByteOfTheCodeThatIsNotTheImages() {
        assertThat(guest.answer("compare-sections .text"))
                .contains("matched but for its patches")
                .containsPattern("\\d{3,} alternatives")
                .containsPattern("\\d{3,} paravirt")
                .containsPattern("\\d{3,} static calls")
                .containsPattern("\\d{4,} ftrace entries")
                .containsPattern("\\d{4,} returns")
                .doesNotContain("not explained");
        assertThat(guest.answer("compare-sections .init.text")).contains("freed by the kernel");
    }

    @Test
    void showsCodeThatNobodyButAnIntruderWrites() {
        String place = "*(unsigned char *)((char *)vfs_read + 40)";
        String before = guest.answer("output/x " + place).strip();
        guest.answer("set var %s = %s ^ 0xff".formatted(place, before));
        try {
            assertThat(guest.answer("compare-sections .text"))
                    .contains(
                            "MIS-MATCHED!",
                            "1 byte not explained, in 1 place:",
                            "<vfs_read+40>: " + before.substring(2));
        } finally {
            guest.answer("set var %s = %s".formatted(place, before));
        }
    }

    @Test
    void movesMemoryBetweenGuestAndFilesAsGdbDoes(@TempDir Path files) throws IOException {
        Path file = files.resolve("banner.bin");
        guest.answer("dump binary memory %s linux_banner linux_banner+5".formatted(file));
        guest.answer("append memory %s linux_banner+5 +8".formatted(file));
        assertThat(Files.readString(file)).isEqualTo("Linux version");
        guest.answer("dump value %s init_task.comm".formatted(file));
        assertThat(Files.readAllBytes(file)).hasSize(16).startsWith("swapper".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> guest.answer("dump ihex memory x.hex $sp +8")).hasMessageContaining("objcopy");

        guest.answer("dump binary memory %s saved_command_line saved_command_line+16".formatted(file));
        Files.writeString(files.resolve("new"), "0123456789");
        guest.answer("restore %s binary saved_command_line 2 4".formatted(files.resolve("new")));
        assertThat(guest.answer("x/2xb saved_command_line+2")).contains("0x32").contains("0x33");
        guest.answer("restore %s binary saved_command_line".formatted(file));
        assertThat(guest.answer("find linux_banner, +64, \"version\"")).contains("<linux_banner+6>", "1 pattern found");
        assertThat(guest.answer("find/b linux_banner, linux_banner+6, 'v'")).contains("<linux_banner+6>");
        assertThat(guest.answer("print $numfound")).contains("= 1");
        // as long as its type: an int is four bytes
        assertThat(guest.answer("find &init_task.pid, +4, 0")).contains("1 pattern found");
    }
}
