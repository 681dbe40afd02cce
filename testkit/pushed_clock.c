// SPDX-License-Identifier: LGPL-2.1-or-later
// The clock of a testbed, for processes that are started with this library in LD_PRELOAD: the boot clock and
// the wall clock are ahead by what the file HAULIER_TESTBED_CLOCK says, and timers follow when it changes. To
// such a process, a push looks as if the machine had slept for that time, so the monotonic clock stays as it
// is. Times relative to now are not changed; the daemon and its libraries set timers of these two clocks to a
// point in time only.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000000, MOST_DESCRIPTORS = 4096 };

/// The content of the file, which all processes of a testbed share.
struct clock {
    _Atomic int64_t ahead; ///< in nanoseconds
    _Atomic uint32_t pushes;
};

/// A timer, by its descriptor.
struct timer {
    clockid_t clock;
    bool armed;
    _Atomic bool cancelled; ///< by a push, which the next read() reports
    int flags;
    struct itimerspec due; ///< in the time of this process
};

static struct clock unpushed;
static struct clock* clock_file = &unpushed;
static struct timer timers[MOST_DESCRIPTORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t watched = PTHREAD_ONCE_INIT;
static uint32_t seen; ///< pushes that all timers are set for; read when there is no timer yet

/// The function of this name that this library hides.
#define HIDDEN(name)                                                                                         \
    static _Atomic(void*) hidden_##name;                                                                     \
    static __typeof__(&name) find_##name(void) {                                                             \
        if (!atomic_load(&hidden_##name)) atomic_store(&hidden_##name, dlsym(RTLD_NEXT, #name));             \
        __typeof__(&name) function;                                                                          \
        void* found = atomic_load(&hidden_##name);                                                           \
        memcpy(&function, &found, sizeof function);                                                          \
        return function;                                                                                     \
    }

HIDDEN(clock_gettime)
HIDDEN(read)
HIDDEN(timerfd_create)
HIDDEN(timerfd_settime)

static struct clock* map(const char* path) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return NULL;
    void* memory = mmap(NULL, sizeof(struct clock), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return memory == MAP_FAILED ? NULL : memory;
}

__attribute__((constructor)) static void begin(void) {
    const char* path = getenv("HAULIER_TESTBED_CLOCK");
    struct clock* mapped = path ? map(path) : NULL;
    if (!mapped) return;
    clock_file = mapped;
    seen = atomic_load(&mapped->pushes);
}

// ---- reading the clocks ----

static bool is_pushed(clockid_t clock) {
    return clock == CLOCK_BOOTTIME || clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ||
           clock == CLOCK_TAI || clock == CLOCK_BOOTTIME_ALARM || clock == CLOCK_REALTIME_ALARM;
}

static struct timespec later(struct timespec time, int64_t nanoseconds) {
    time.tv_sec += nanoseconds / SECOND;
    time.tv_nsec += nanoseconds % SECOND;
    if (time.tv_nsec >= SECOND) {
        time.tv_sec += 1;
        time.tv_nsec -= SECOND;
    } else if (time.tv_nsec < 0) {
        time.tv_sec -= 1;
        time.tv_nsec += SECOND;
    }
    return time;
}

int clock_gettime(clockid_t clock, struct timespec* time) {
    int failed = find_clock_gettime()(clock, time);
    if (!failed && is_pushed(clock)) *time = later(*time, atomic_load(&clock_file->ahead));
    return failed;
}

int gettimeofday(struct timeval* restrict time, void* restrict zone) {
    (void)zone; // obsolete, and always UTC
    struct timespec now;
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    if (!failed) *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return failed;
}

time_t time(time_t* result) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME_COARSE, &now)) return -1;
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

// ---- timers ----

/// The date for the kernel. One in the past of the kernel's clock would be refused if it were negative, and
/// would stop the timer if it were 0.
static struct timespec in_kernel_time(struct timespec due) {
    struct timespec result = later(due, -atomic_load(&clock_file->ahead));
    if (result.tv_sec < 0 || (result.tv_sec == 0 && result.tv_nsec == 0)) return (struct timespec){0, 1};
    return result;
}

static int arm(int fd, const struct timer* timer, struct itimerspec* old) {
    struct itimerspec due = timer->due;
    due.it_value = timer->cancelled ? (struct timespec){0, 1} : in_kernel_time(due.it_value);
    return find_timerfd_settime()(fd, timer->flags, &due, old);
}

static void arm_all(void) {
    pthread_mutex_lock(&lock);
    for (int fd = 0; fd < MOST_DESCRIPTORS; ++fd) {
        struct timer* timer = &timers[fd];
        if (!timer->armed) continue;
        timer->cancelled = timer->flags & TFD_TIMER_CANCEL_ON_SET;
        if (arm(fd, timer, NULL)) *timer = (struct timer){0}; // closed meanwhile
    }
    pthread_mutex_unlock(&lock);
}

static void* watch(void* unused) {
    for (;;) {
        uint32_t pushes = atomic_load(&clock_file->pushes);
        if (pushes != seen) arm_all();
        seen = pushes;
        syscall(SYS_futex, &clock_file->pushes, FUTEX_WAIT, pushes, NULL, NULL, 0);
    }
    return unused;
}

static void begin_to_watch(void) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // signals are for the threads of the program
    pthread_t thread;
    if (!pthread_create(&thread, NULL, watch, NULL)) pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int timerfd_create(int clock, int flags) {
    int fd = find_timerfd_create()(clock, flags);
    if (fd >= MOST_DESCRIPTORS) {
        close(fd);
        errno = EMFILE;
        return -1;
    }
    if (fd < 0) return fd;
    pthread_mutex_lock(&lock);
    timers[fd] = (struct timer){.clock = clock};
    pthread_mutex_unlock(&lock);
    return fd;
}

int timerfd_settime(int fd, int flags, const struct itimerspec* new, struct itimerspec* old) {
    bool stops = new->it_value.tv_sec == 0 && new->it_value.tv_nsec == 0;
    if (fd < 0 || fd >= MOST_DESCRIPTORS) return find_timerfd_settime()(fd, flags, new, old);
    pthread_mutex_lock(&lock);
    struct timer* timer = &timers[fd];
    timer->cancelled = false;
    timer->armed = (flags & TFD_TIMER_ABSTIME) && is_pushed(timer->clock) && !stops;
    timer->flags = flags;
    timer->due = *new;
    int failed = timer->armed ? arm(fd, timer, old) : find_timerfd_settime()(fd, flags, new, old);
    bool armed = timer->armed;
    pthread_mutex_unlock(&lock);
    if (armed && clock_file != &unpushed) pthread_once(&watched, begin_to_watch);
    return failed;
}

/// A timer with TFD_TIMER_CANCEL_ON_SET reports that the clock was set, as the kernel does when the machine
/// wakes up.
ssize_t read(int fd, void* buffer, size_t size) {
    ssize_t count = find_read()(fd, buffer, size);
    if (count != (ssize_t)sizeof(uint64_t) || fd >= MOST_DESCRIPTORS ||
        !atomic_exchange(&timers[fd].cancelled, false))
        return count;
    errno = ECANCELED;
    return -1;
}

// ---- pushing ----

/// For the testbed: pushes the clock in the file, and returns how far it is ahead now, or -1.
__attribute__((visibility("default"))) int64_t haulier_testbed_push(const char* path, int64_t nanoseconds) {
    struct clock* clock = map(path);
    if (!clock) return -1;
    int64_t ahead = atomic_fetch_add(&clock->ahead, nanoseconds) + nanoseconds;
    atomic_fetch_add(&clock->pushes, 1);
    syscall(SYS_futex, &clock->pushes, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
    munmap(clock, sizeof *clock);
    return ahead;
}
