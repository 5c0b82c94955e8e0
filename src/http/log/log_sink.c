/* SPDX-License-Identifier: Apache-2.0 */
/* Writes log lines behind the event loops' backs; see log_sink.h. */
#include "http/log/log_sink.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/context.h"
#include "base/thread.h"

#define GATHER_NS 2000000L /* lines of so long are written at once */
#define READER_WAIT_MS 100
#define SAID_MAX 600
#define END_SECONDS 2 /* for what still waits when the sink ends */

struct log_sink {
    int file;
    const char *name;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    char *filling; /* under the lock, as all below */
    char *writing; /* the thread's */
    size_t len;
    unsigned long lost;   /* in all */
    unsigned long unsaid; /* of them, what the log does not say yet */
    bool ended, finished;
    struct timespec until; /* CLOCK_MONOTONIC: when an ended sink gives up */
    pthread_cond_t end;
    bool takes_all; /* a file: no reader to wait for */
    bool running;   /* the thread was made; set once, before anyone else sees the sink */
};

static bool is_over(const struct timespec *until)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > until->tv_sec ||
           (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

/* Waits until a piece can be written without a stop. False: the sink has ended meanwhile, and there
 * has been time enough. */
static bool wait_for_reader(log_sink *sink)
{
    for (;;) {
        struct pollfd one = {.fd = sink->file, .events = POLLOUT};
        if (poll(&one, 1, READER_WAIT_MS) != 0)
            return true; /* what went wrong, the writing tells */
        pthread_mutex_lock(&sink->lock);
        bool over = sink->ended && is_over(&sink->until);
        pthread_mutex_unlock(&sink->lock);
        if (over)
            return false;
    }
}

/* Whole lines, and no more than a pipe that is ready takes at once (pipe(7)). A file takes all. */
static size_t piece_of(const log_sink *sink, const char *data, size_t len)
{
    if (sink->takes_all || len <= PIPE_BUF)
        return len;
    const char *end = memrchr(data, '\n', PIPE_BUF);
    return end == NULL ? PIPE_BUF : (size_t)(end - data) + 1;
}

static unsigned long count_lines(const char *data, size_t len)
{
    unsigned long lines = 0;
    for (size_t i = 0; i < len; i++)
        lines += data[i] == '\n';
    return lines;
}

/* A log that cannot be written is no reason to stop serving: returns how many lines were lost. */
static unsigned long write_all(log_sink *sink, const char *data, size_t len)
{
    while (len > 0) {
        if (!wait_for_reader(sink))
            break;
        ssize_t n = write(sink->file, data, piece_of(sink, data, len));
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            break;
        data += n;
        len -= (size_t)n;
    }
    return count_lines(data, len);
}

/* Says how many lines are missing, once that can be said. */
static unsigned long write_lost(log_sink *sink, unsigned long lost)
{
    char line[SAID_MAX];
    int len = snprintf(line, sizeof line, "%.64s: %lu log lines were lost\n", sink->name, lost);
    return lost > 0 && write_all(sink, line, (size_t)len) > 0 ? lost : 0;
}

/* Writes what waits. The lock is held before and after, not meanwhile. */
static void write_waiting(log_sink *sink)
{
    char *full = sink->filling;
    size_t len = sink->len;
    unsigned long unsaid = sink->unsaid;
    sink->filling = sink->writing;
    sink->writing = full;
    sink->len = sink->unsaid = 0;
    pthread_mutex_unlock(&sink->lock);
    unsigned long lost = write_all(sink, full, len);
    unsaid = write_lost(sink, unsaid + lost);
    pthread_mutex_lock(&sink->lock);
    sink->lost += lost;
    sink->unsaid += unsaid;
}

static void *run_writer(void *user)
{
    const struct timespec gather = {.tv_nsec = GATHER_NS};
    log_sink *sink = user;
    pthread_mutex_lock(&sink->lock);
    while (sink->len > 0 || !sink->ended) {
        if (sink->len == 0) {
            pthread_cond_wait(&sink->wake, &sink->lock);
            continue;
        }
        if (!sink->ended) {
            pthread_mutex_unlock(&sink->lock);
            nanosleep(&gather, NULL);
            pthread_mutex_lock(&sink->lock);
        }
        write_waiting(sink);
    }
    sink->finished = true;
    pthread_cond_signal(&sink->end);
    pthread_mutex_unlock(&sink->lock);
    return NULL;
}

static void init_conditions(log_sink *sink)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&sink->end, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_cond_init(&sink->wake, NULL);
}

ost_result log_sink_new(int file, const char *name, log_sink **ret_sink)
{
    log_sink *sink = memory_alloc(sizeof *sink);
    if (sink == NULL)
        return OST_E_MEMORY;
    sink->file = file;
    sink->name = name;
    sink->filling = memory_alloc(LOG_SINK_BUFFER);
    sink->writing = memory_alloc(LOG_SINK_BUFFER);
    pthread_mutex_init(&sink->lock, NULL);
    init_conditions(sink);
    struct stat kind;
    sink->takes_all = fstat(file, &kind) == 0 && S_ISREG(kind.st_mode);
    bool ready = sink->filling != NULL && sink->writing != NULL;
    sink->running = ready && thread_start(&sink->thread, "ostiary-log", run_writer, sink);
    if (!sink->running) {
        log_sink_free(sink);
        return ready ? OST_E_SYSTEM : OST_E_MEMORY;
    }
    *ret_sink = sink;
    return OST_OK;
}

void log_sink_put(log_sink *sink, ost_text line)
{
    pthread_mutex_lock(&sink->lock);
    bool was_empty = sink->len == 0;
    if (line.len > LOG_SINK_BUFFER - sink->len) {
        sink->lost++;
        sink->unsaid++;
    } else {
        memcpy(sink->filling + sink->len, line.data, line.len);
        sink->len += line.len;
    }
    pthread_mutex_unlock(&sink->lock);
    if (was_empty)
        pthread_cond_signal(&sink->wake);
}

const char *log_sink_name(const log_sink *sink)
{
    return sink->name;
}

/* One line, whatever is in it: what others have said may be quoted. */
static void keep_to_one_line(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            text[i] = '?';
    }
}

void log_sink_say(log_sink *sink, const char *format, ...)
{
    char line[SAID_MAX];
    va_list arguments;
    if (sink == NULL)
        return;
    int name = snprintf(line, sizeof line, "%.64s: ", sink->name);
    va_start(arguments, format);
    int text = vsnprintf(line + name, sizeof line - 1 - (size_t)name, format, arguments);
    va_end(arguments);
    if (name < 0 || text < 0)
        return;
    size_t len = strlen(line);
    keep_to_one_line(line, len);
    line[len++] = '\n';
    log_sink_put(sink, (ost_text){line, len});
}

unsigned long log_sink_lost(log_sink *sink)
{
    pthread_mutex_lock(&sink->lock);
    unsigned long lost = sink->lost;
    pthread_mutex_unlock(&sink->lock);
    return lost;
}

/* False: the thread is still held up by its file, against what poll has told it. */
static bool end_thread(log_sink *sink)
{
    pthread_mutex_lock(&sink->lock);
    sink->ended = true;
    clock_gettime(CLOCK_MONOTONIC, &sink->until);
    sink->until.tv_sec += END_SECONDS;
    struct timespec latest = sink->until;
    latest.tv_sec += 1;
    pthread_cond_signal(&sink->wake);
    int waited = 0;
    while (!sink->finished && waited == 0)
        waited = pthread_cond_timedwait(&sink->end, &sink->lock, &latest);
    bool finished = sink->finished;
    pthread_mutex_unlock(&sink->lock);
    if (finished)
        pthread_join(sink->thread, NULL);
    else
        pthread_detach(sink->thread);
    return finished;
}

void log_sink_free(log_sink *sink)
{
    if (sink == NULL || (sink->running && !end_thread(sink)))
        return; /* what the thread still works with goes with the process */
    pthread_mutex_destroy(&sink->lock);
    pthread_cond_destroy(&sink->wake);
    pthread_cond_destroy(&sink->end);
    memory_free(sink->filling);
    memory_free(sink->writing);
    memory_free(sink);
}
