/* SPDX-License-Identifier: Apache-2.0 */
/* A layer below a program (LD_PRELOAD) that makes the disk fail and the clock of days jump while it
 * runs. FAULT_CONTROL names a file of five 32-bit numbers, which a test changes (fault_layer.py);
 * FAULT_FOLDER is the folder whose files fail. Clocks that only go forwards stay as they are, as
 * they do when somebody sets the clock. */
#undef _FORTIFY_SOURCE /* what is checked is defined in headers, and here once more */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { WRITE_ERROR, SYNC_ERROR, READ_ERROR, CLOCK_SECONDS, HELD_MS, NUMBERS };

#define SLICE_NS 10000000L /* between two looks at a clock that may jump */
#define CONDITIONS 256

static const volatile int32_t *control;
static char folder[4096];

static void attach(void)
{
    const char *name = getenv("FAULT_CONTROL"), *root = getenv("FAULT_FOLDER");
    if (root != NULL)
        snprintf(folder, sizeof folder, "%s/", root);
    int file = name != NULL ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *at = mmap(NULL, NUMBERS * sizeof(int32_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (at != MAP_FAILED)
        control = at;
}

static int32_t number(int which)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, attach);
    return control != NULL ? control[which] : 0;
}

static int is_ours(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t len = readlink(link, path, sizeof path - 1);
    if (len <= 0 || folder[0] == '\0')
        return 0;
    path[len] = '\0';
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* Whether the call on that file fails now; errno is set then. */
static int fails(int file, int which)
{
    int32_t error = number(which);
    if (number(HELD_MS) > 0 && is_ours(file)) {
        const struct timespec held = {number(HELD_MS) / 1000, (number(HELD_MS) % 1000) * 1000000L};
        nanosleep(&held, NULL);
    }
    if (error == 0 || !is_ours(file))
        return 0;
    errno = error;
    return 1;
}

#define EXPORT __attribute__((visibility("default")))
/* The function below this layer, of the type of the one that stands above it. */
#define BELOW(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* ---- the disk ---- */

EXPORT ssize_t write(int file, const void *data, size_t len)
{
    return fails(file, WRITE_ERROR) ? -1 : BELOW(write)(file, data, len);
}

EXPORT ssize_t pwrite64(int file, const void *data, size_t len, off64_t at)
{
    return fails(file, WRITE_ERROR) ? -1 : BELOW(pwrite64)(file, data, len, at);
}

EXPORT int ftruncate64(int file, off64_t len)
{
    return fails(file, WRITE_ERROR) ? -1 : BELOW(ftruncate64)(file, len);
}

EXPORT int fsync(int file)
{
    return fails(file, SYNC_ERROR) ? -1 : BELOW(fsync)(file);
}

EXPORT int fdatasync(int file)
{
    return fails(file, SYNC_ERROR) ? -1 : BELOW(fdatasync)(file);
}

EXPORT ssize_t read(int file, void *data, size_t len)
{
    return fails(file, READ_ERROR) ? -1 : BELOW(read)(file, data, len);
}

EXPORT ssize_t pread64(int file, void *data, size_t len, off64_t at)
{
    return fails(file, READ_ERROR) ? -1 : BELOW(pread64)(file, data, len, at);
}

/* ---- the clock of days ---- */

EXPORT int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += number(CLOCK_SECONDS);
    return result;
}

EXPORT int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    *now = (struct timeval){precise.tv_sec, precise.tv_nsec / 1000};
    return 0;
}

EXPORT time_t time(time_t *ret)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (ret != NULL)
        *ret = now.tv_sec;
    return now.tv_sec;
}

/* Conditions whose deadlines are of the clock that only goes forwards; all others would wait for
 * hours when the clock of days is set back, and do so here. */
static pthread_mutex_t known_lock = PTHREAD_MUTEX_INITIALIZER;
static const pthread_cond_t *known[CONDITIONS];
static size_t known_count;

EXPORT int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
    clockid_t clock = CLOCK_REALTIME;
    if (attributes != NULL)
        pthread_condattr_getclock(attributes, &clock);
    pthread_mutex_lock(&known_lock);
    size_t at = 0;
    while (at < known_count && known[at] != condition)
        at++;
    if (clock == CLOCK_MONOTONIC && at == known_count) {
        if (known_count == CONDITIONS)
            abort();
        known[known_count++] = condition;
    } else if (clock != CLOCK_MONOTONIC && at < known_count) {
        known[at] = known[--known_count];
    }
    pthread_mutex_unlock(&known_lock);
    memset(condition, 0, sizeof *condition); /* as PTHREAD_COND_INITIALIZER */
    return 0;
}

static int is_monotonic(const pthread_cond_t *condition)
{
    int found = 0;
    pthread_mutex_lock(&known_lock);
    for (size_t i = 0; i < known_count; i++)
        found |= known[i] == condition;
    pthread_mutex_unlock(&known_lock);
    return found;
}

EXPORT int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until)
{
    if (is_monotonic(condition))
        return pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, until);
    for (;;) {
        struct timespec now, slice;
        clock_gettime(CLOCK_REALTIME, &now);
        if (now.tv_sec > until->tv_sec ||
            (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec))
            return ETIMEDOUT;
        clock_gettime(CLOCK_MONOTONIC, &slice);
        slice.tv_nsec += SLICE_NS;
        if (slice.tv_nsec >= 1000000000L) {
            slice.tv_sec++;
            slice.tv_nsec -= 1000000000L;
        }
        int result = pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &slice);
        if (result != ETIMEDOUT)
            return result;
    }
}
