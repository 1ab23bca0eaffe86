package org.kdive.gdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kdive.images.KernelImage;
import org.kdive.images.btf.Btf;
import org.kdive.images.types.CPrinter;

/** What {@code ptype /o} says of the kernel's types from BTF, byte for byte against gdb's with DWARF. */
@Timeout(300)
final class TypesAgainstGdbIT {
    private static final List<String> STRUCTS = List.of("""
            task_struct mm_struct file inode sk_buff page net_device super_block dentry vm_area_struct module
            cred sock socket rq cfs_rq sched_entity thread_struct thread_info pt_regs signal_struct
            sighand_struct files_struct fs_struct nsproxy pid pid_namespace user_struct bio request
            request_queue gendisk block_device address_space file_operations inode_operations super_operations
            dentry_operations vm_operations_struct tty_struct tty_driver tty_port tcp_sock inet_sock
            inet_connection_sock udp_sock sockaddr iphdr tcphdr udphdr ipv6hdr neighbour dst_entry rtable net
            nf_hook_ops device device_driver bus_type class kobject kset pci_dev pci_bus pci_driver irq_desc
            irq_data irq_chip irqaction timer_list hrtimer hrtimer_cpu_base clocksource clock_event_device
            work_struct delayed_work workqueue_struct pool_workqueue worker mutex rw_semaphore semaphore
            completion wait_queue_entry wait_queue_head list_head hlist_node rb_node rb_root_cached xarray
            xa_node kmem_cache kmem_cache_cpu slab zone pglist_data per_cpu_pages mem_cgroup cgroup
            cgroup_subsys_state css_set bpf_prog bpf_map bpf_insn perf_event perf_event_attr trace_event_call
            ftrace_ops kprobe jump_entry static_key rcu_data rcu_node srcu_struct percpu_ref linux_binprm
            elf64_hdr elf64_phdr elf64_sym module_layout mod_arch_specific mount vfsmount path nameidata
            pipe_inode_info eventpoll epitem kiocb iov_iter msghdr fib_info fib_table inet_peer desc_struct
            gate_struct tss_struct fpu fxregs_state xregs_state cpuinfo_x86 boot_params setup_header
            screen_info e820_table apic ioapic msi_msg uprobe_task seccomp audit_context io_uring_task rseq
            siginfo kernel_siginfo sigaction stat statfs64 timespec64 ldt_struct
            """.strip().split("\\s+"));

    // of a two-dimensional array pahole, which makes the BTF, keeps how many elements it has in all
    private static final Pattern DIMENSIONS = Pattern.compile("\\[(\\d+)]\\[(\\d+)]");

    private final Tally allowances = new Tally();

    @Test
    void laysOutStructsAsGdbDoes() {
        DebugVmlinux vmlinux = DebugVmlinux.require();
        Btf types = Btf.of(KernelImage.open(vmlinux.kernel().kernel())).orElseThrow();
        int lines = 0;
        try (Gdb gdb = Gdb.start(vmlinux)) {
            gdb.answer("set max-value-size unlimited"); // it counts for types too
            for (String name : STRUCTS) {
                for (boolean offsets : List.of(true, false)) {
                    List<String> ours = CPrinter.ptype(types.requireType("struct " + name), offsets);
                    List<String> theirs = gdb.lines((offsets ? "ptype /o struct " : "ptype struct ") + name);
                    assertThat(String.join("\n", ours)).isEqualTo(String.join("\n", asBtfCanKnow(theirs)));
                    lines += ours.size();
                }
            }
        }
        System.out.printf(
                "ptype: %d structs, %d lines as gdb prints them; allowed for: %s%n", STRUCTS.size(), lines, allowances);
    }

    /** The one place that says where the two may differ; how often they do is printed at the end. */
    private List<String> asBtfCanKnow(List<String> gdb) {
        List<String> lines = new ArrayList<>();
        Deque<Boolean> unions = new ArrayDeque<>();
        for (String line : gdb) {
            if (line.endsWith("{")) {
                unions.push(line.contains(" union "));
            } else if (line.strip().startsWith("}")) {
                unions.pop();
            }
            // gdb 13 takes a union's place in its parent for what is left of the union
            if (line.startsWith("/* XXX") && line.contains("padding") && Boolean.TRUE.equals(unions.peek())) {
                allowances.count("padding of a union");
            } else {
                lines.add(withPlainArrays(line));
            }
        }
        return lines;
    }

    private String withPlainArrays(String line) {
        String plain = line;
        if (line.contains("[0]")) { // to BTF the same as an array without a size
            allowances.count("[0] for []");
            plain = line.replace("[0]", "[]");
        }
        for (Matcher two = DIMENSIONS.matcher(plain); two.find(); two = DIMENSIONS.matcher(plain)) {
            allowances.count("[N][M] for [N*M]");
            long elements = Long.parseLong(two.group(1)) * Long.parseLong(two.group(2));
            plain = plain.substring(0, two.start()) + "[" + elements + "]" + plain.substring(two.end());
        }
        return plain;
    }
}
