package org.kdive.session.expression;

import java.util.Map;
import java.util.Optional;

/**
 * Types of the kernel's well-known variables. BTF of today's kernels tells those of per-CPU variables only; a declaration that
 * has stood in a public header for many releases is as good a witness.
 * A type the kernel at hand does not have makes its name unknown again.
 */
final class KnownGlobals {
    private static final Map<String, String> TYPES = Map.ofEntries(
            // include/linux/sched/task.h, sched/signal.h, init_task.h, cred.h
            Map.entry("init_task", "struct task_struct"),
            Map.entry("init_cred", "struct cred"),
            Map.entry("init_files", "struct files_struct"),
            Map.entry("init_fs", "struct fs_struct"),
            Map.entry("tasklist_lock", "rwlock_t"),
            Map.entry("nr_threads", "int"),
            Map.entry("total_forks", "unsigned long"),
            Map.entry("max_threads", "int"),
            Map.entry("pid_max", "int"),
            // include/linux/mm_types.h, mm.h, memblock.h, swap.h
            Map.entry("init_mm", "struct mm_struct"),
            Map.entry("high_memory", "void *"),
            Map.entry("max_pfn", "unsigned long"),
            Map.entry("max_low_pfn", "unsigned long"),
            Map.entry("min_low_pfn", "unsigned long"),
            Map.entry("max_mapnr", "unsigned long"),
            Map.entry("_totalram_pages", "atomic_long_t"),
            Map.entry("memblock", "struct memblock"),
            Map.entry("slab_caches", "struct list_head"),
            Map.entry("vm_stat", "atomic_long_t []"),
            Map.entry("contig_page_data", "struct pglist_data"),
            Map.entry("node_data", "pg_data_t *[]"),
            Map.entry("init_top_pgt", "pgd_t [512]"),
            Map.entry("swapper_pg_dir", "pgd_t []"),
            // include/linux/utsname.h, pid_namespace.h, user_namespace.h, nsproxy.h, net/net_namespace.h
            Map.entry("init_uts_ns", "struct uts_namespace"),
            Map.entry("init_pid_ns", "struct pid_namespace"),
            Map.entry("init_user_ns", "struct user_namespace"),
            Map.entry("init_ipc_ns", "struct ipc_namespace"),
            Map.entry("init_cgroup_ns", "struct cgroup_namespace"),
            Map.entry("init_nsproxy", "struct nsproxy"),
            Map.entry("init_net", "struct net"),
            Map.entry("net_namespace_list", "struct list_head"),
            // include/linux/kernel.h, panic.h, init.h, printk.h, reboot.h
            Map.entry("system_state", "enum system_states"),
            Map.entry("linux_banner", "const char []"),
            Map.entry("linux_proc_banner", "const char []"),
            Map.entry("saved_command_line", "char *"),
            Map.entry("boot_command_line", "char []"),
            Map.entry("panic_timeout", "int"),
            Map.entry("panic_on_oops", "int"),
            Map.entry("panic_on_warn", "int"),
            Map.entry("oops_in_progress", "int"),
            Map.entry("console_printk", "int [4]"),
            Map.entry("reset_devices", "unsigned int"),
            Map.entry("rodata_enabled", "bool"),
            Map.entry("initcall_debug", "bool"),
            Map.entry("prb", "struct printk_ringbuffer *"),
            // include/linux/jiffies.h, time_namespace.h; kernel/time
            Map.entry("jiffies", "volatile unsigned long"),
            Map.entry("jiffies_64", "u64"),
            Map.entry("loops_per_jiffy", "unsigned long"),
            // include/linux/cpumask.h, smp.h, percpu.h
            Map.entry("nr_cpu_ids", "unsigned int"),
            Map.entry("setup_max_cpus", "unsigned int"),
            Map.entry("__cpu_possible_mask", "struct cpumask"),
            Map.entry("__cpu_online_mask", "struct cpumask"),
            Map.entry("__cpu_present_mask", "struct cpumask"),
            Map.entry("__cpu_active_mask", "struct cpumask"),
            Map.entry("__num_online_cpus", "atomic_t"),
            Map.entry("__per_cpu_offset", "unsigned long []"),
            // kernel/module/main.c, include/linux/module.h; before v5.18 (cfc1d277891e) in kernel/module.c
            Map.entry("modules", "struct list_head"),
            // include/linux/fs.h, ioport.h, device.h, workqueue.h, sched.h
            Map.entry("super_blocks", "struct list_head"),
            Map.entry("file_systems", "struct file_system_type *"),
            Map.entry("iomem_resource", "struct resource"),
            Map.entry("ioport_resource", "struct resource"),
            Map.entry("root_task_group", "struct task_group"),
            Map.entry("task_groups", "struct list_head"),
            Map.entry("init_css_set", "struct css_set"),
            Map.entry("cgrp_dfl_root", "struct cgroup_root"),
            Map.entry("cgroup_roots", "struct list_head"),
            Map.entry("def_root_domain", "struct root_domain"),
            Map.entry("system_wq", "struct workqueue_struct *"),
            Map.entry("kthreadd_task", "struct task_struct *"),
            Map.entry("vmap_area_list", "struct list_head"),
            Map.entry("vmap_area_root", "struct rb_root"), // until v6.9
            Map.entry("free_vmap_area_root", "struct rb_root"),
            Map.entry("clocksource_list", "struct list_head"),
            Map.entry("irq_desc_tree", "struct xarray"), // radix_tree_root is a macro of it
            Map.entry("sparse_irqs", "struct maple_tree"), // instead, since v6.5
            Map.entry("nr_irqs", "int"),
            // arch/x86/include/asm
            Map.entry("boot_cpu_data", "struct cpuinfo_x86"),
            Map.entry("boot_params", "struct boot_params"),
            Map.entry("page_offset_base", "unsigned long"),
            Map.entry("vmalloc_base", "unsigned long"),
            Map.entry("vmemmap_base", "unsigned long"),
            Map.entry("phys_base", "unsigned long"),
            Map.entry("tsc_khz", "unsigned int"),
            Map.entry("cpu_khz", "unsigned int"),
            Map.entry("__supported_pte_mask", "pteval_t"),
            Map.entry("sys_call_table", "const sys_call_ptr_t []"),
            // arch/arm64/include/asm
            Map.entry("kimage_voffset", "u64"),
            Map.entry("memstart_addr", "s64"),
            Map.entry("vabits_actual", "u64"));

    private KnownGlobals() {}

    /** C's spelling of the type; an array without a length ends where the next symbol begins. */
    static Optional<String> find(String variable) {
        return Optional.ofNullable(TYPES.get(variable));
    }
}
