// Parts of Linux and glibc that Swift's Glibc module leaves out.
#include <fcntl.h>
#include <malloc.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// Two files or folders change places in one step; renameat2(2) with RENAME_EXCHANGE. 0, or -1 with errno.
static inline int zt_exchange(const char *one, const char *other) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 1u << 1);
}

// The calling thread's nice value: on Linux it is each thread's own, whatever setpriority(2) calls it. 0, or -1 with errno.
static inline int zt_nice_thread(int value) { return setpriority(PRIO_PROCESS, 0, value); }

// Numbers of <sched.h> that need _GNU_SOURCE.
static const int zt_schedule_batch = 3, zt_schedule_idle = 5;

// The calling thread's scheduling class, of those without a priority; sched_setscheduler(2). 0, or -1 with errno.
static inline int zt_schedule_thread(int policy) {
    int priority = 0;
    return (int)syscall(SYS_sched_setscheduler, 0, policy, &priority);
}

// Lets the calling thread read and write only when nobody else does; ioprio_set(2), of which glibc has neither function nor numbers:
// IOPRIO_WHO_PROCESS is 1, IOPRIO_CLASS_IDLE 3, a class stands above 13 bits. 0, or -1 with errno.
static inline int zt_io_idle_thread(void) { return (int)syscall(SYS_ioprio_set, 1, 0, 3 << 13); }
