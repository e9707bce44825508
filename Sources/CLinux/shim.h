// Parts of Linux and glibc that Swift's Glibc module leaves out.
#include <fcntl.h>
#include <malloc.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

// Two files or folders change places in one step; renameat2(2) with RENAME_EXCHANGE. 0, or -1 with errno.
static inline int zt_exchange(const char *one, const char *other) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 1u << 1);
}
