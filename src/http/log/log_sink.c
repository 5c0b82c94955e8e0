/* Writes log lines behind the event loops' backs; see log_sink.h. */
#include "http/log/log_sink.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/context.h"

#define GATHER_NS 2000000L /* lines of so long are written at once */

struct log_sink {
    int file;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    char *filling; /* under the lock, as all below */
    char *writing; /* the thread's */
    size_t len;
    unsigned long lost;
    bool ended;
    bool running; /* the thread was made; set once, before anyone else sees the sink */
};

/* A log that cannot be written is no reason to stop serving. */
static void write_all(int file, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(file, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        data += n;
        len -= (size_t)n;
    }
}

static void write_lost(int file, unsigned long lost)
{
    char line[64];
    int len = snprintf(line, sizeof line, "%lu log lines were lost\n", lost);
    if (lost > 0)
        write_all(file, line, (size_t)len);
}

static void *run(void *user)
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
        char *full = sink->filling;
        size_t len = sink->len;
        unsigned long lost = sink->lost;
        sink->filling = sink->writing;
        sink->writing = full;
        sink->len = sink->lost = 0;
        pthread_mutex_unlock(&sink->lock);
        write_all(sink->file, full, len);
        write_lost(sink->file, lost);
        pthread_mutex_lock(&sink->lock);
    }
    pthread_mutex_unlock(&sink->lock);
    return NULL;
}

ost_result log_sink_new(int file, log_sink **ret_sink)
{
    log_sink *sink = memory_alloc(sizeof *sink);
    if (sink == NULL)
        return OST_E_MEMORY;
    sink->file = file;
    sink->filling = memory_alloc(LOG_SINK_BUFFER);
    sink->writing = memory_alloc(LOG_SINK_BUFFER);
    pthread_mutex_init(&sink->lock, NULL);
    pthread_cond_init(&sink->wake, NULL);
    bool ready = sink->filling != NULL && sink->writing != NULL;
    sink->running = ready && pthread_create(&sink->thread, NULL, run, sink) == 0;
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
    } else {
        memcpy(sink->filling + sink->len, line.data, line.len);
        sink->len += line.len;
    }
    pthread_mutex_unlock(&sink->lock);
    if (was_empty)
        pthread_cond_signal(&sink->wake);
}

void log_sink_free(log_sink *sink)
{
    if (sink == NULL)
        return;
    if (sink->running) {
        pthread_mutex_lock(&sink->lock);
        sink->ended = true;
        pthread_mutex_unlock(&sink->lock);
        pthread_cond_signal(&sink->wake);
        pthread_join(sink->thread, NULL);
    }
    pthread_mutex_destroy(&sink->lock);
    pthread_cond_destroy(&sink->wake);
    memory_free(sink->filling);
    memory_free(sink->writing);
    memory_free(sink);
}
