# Counts how often the kernel comes by a place, without a word, on its way to another.
set pagination off
set $hits = 0
define report
  printf "%d of %d: %d\n", $arg0, $argc, $hits
end
break *vprintk_emit if $hits < 100
commands
  silent
  set $hits = $hits + 1
  if $hits < 4
    report 1
  end
  continue
end
tbreak *vfs_caches_init
continue
report 2
info symbol $pc
printf "%s\n", $pc == vfs_caches_init ? &linux_banner[0] : &linux_proc_banner[0]
delete
