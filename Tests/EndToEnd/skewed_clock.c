/* Preloaded, shows a process a wall clock that is off by the seconds in the file $SKEWED_CLOCK (eight bytes, signed), which may change at any time. The clocks
 * that only run forward stay as they are. libfaketime moves the environment before main, where Swift looks for its arguments. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t right = 0;
static const volatile int64_t *skew = &right;
static int (*next_clock)(clockid_t, struct timespec *);
static int (*next_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*next_semaphore)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void open_clock(void) {
    const char *path = getenv("SKEWED_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED) skew = page;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (!next_clock) next_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = next_clock(clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *skew;
    return result;
}

int gettimeofday(struct timeval *now, void *zone) {
    (void)zone;
    struct timespec precise;
    int result = clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return result;
}

time_t time(time_t *copy) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (copy) *copy = now.tv_sec;
    return now.tv_sec;
}

/* Deadlines were worked out by the skewed clock, and the kernel goes by its own. Those of clocks that only run forward are small. */
static struct timespec by_kernel(const struct timespec *deadline) {
    struct timespec other = *deadline;
    if (other.tv_sec > 1000000000) other.tv_sec -= *skew;
    return other;
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *deadline) {
    if (!next_wait)
        next_wait = (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    struct timespec other = by_kernel(deadline);
    return next_wait(condition, mutex, &other);
}

int sem_timedwait(sem_t *semaphore, const struct timespec *deadline) {
    if (!next_semaphore) next_semaphore = (int (*)(sem_t *, const struct timespec *))dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec other = by_kernel(deadline);
    return next_semaphore(semaphore, &other);
}
