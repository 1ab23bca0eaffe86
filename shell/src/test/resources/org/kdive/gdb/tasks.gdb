# Walks the list of tasks as kernel people have done in gdb for twenty years.
set pagination off
set confirm off
set print pretty on

define ps
  set $offset = (unsigned long)&((struct task_struct *)0)->tasks
  set $task = &init_task
  set $count = 0
  while $count < $arg0
    printf "%5d %-16s %d\n", $task->pid, $task->comm, $arg1
    set $task = (struct task_struct *)((char *)$task->tasks.next - $offset)
    set $count = $count + 1
    if $task == &init_task
      loop_break
    else
      loop_continue
    end
  end
  printf "%d shown, %d arguments\n", $count, $argc
end
document ps
Shows COUNT tasks, each with a REMARK.
end

ps 3 10
ps 1 20

define hook-print
  echo [
end
define hookpost-print
  echo ]\n
end
print init_task.pid + 1
print init_uts_ns.name.sysname

if init_task.pid == 0 && $_isvoid($nosuch)
  echo the first task is the idle one\n
else
  echo what is this\n
end
set $x = 5
while $x > 0
  output $x
  echo \ \n
  set $x = $x - 2
end
x/s init_task.comm
x/2xg &init_task.tasks
info symbol start_kernel
