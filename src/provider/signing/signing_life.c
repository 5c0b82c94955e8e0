/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and mending the signing process; see signing_process.h. */
#include "provider/signing/signing_process.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/context.h"
#include "provider/signing/signing_spawn.h"
#include "provider/signing/signing_state.h"

#define MEND_EVERY 1000 /* milliseconds */

/* The channels are of one process at a time. */
static void set_channels(signing_process *p, const int *fds)
{
    uint64_t start = fds != NULL ? atomic_fetch_add(&p->starts, 1) + 1 : 0;
    for (unsigned i = 0; i < p->channel_count; i++) {
        signing_channel *c = &p->channels[i];
        pthread_mutex_lock(&c->lock);
        if (c->fd >= 0)
            close(c->fd);
        c->fd = fds != NULL ? fds[i] : -1;
        c->start = start;
        pthread_mutex_unlock(&c->lock);
    }
}

static ost_result start(signing_process *p, ost_error *error)
{
    int fds[SIGNING_CHANNELS];
    signing_ready ready = {0};
    p->tried = monotonic_ms();
    ost_result result = signing_spawn(p->config.command, fds, p->channel_count, &p->pid,
                                      &p->control, &ready, error);
    if (result != OST_OK)
        return result;
    set_channels(p, fds);
    atomic_store(&p->works, true);
    log_sink_say(p->config.log, "the signing process %d holds the private keys: %s, %s, memory %s",
                 (int)p->pid,
                 ready.jail.filtered ? "system calls filtered" : "system calls not filtered",
                 ready.jail.landlock ? "no files" : "files not cut off (no Landlock here)",
                 ready.jail.locked ? "locked" : "not locked (RLIMIT_MEMLOCK)");
    return OST_OK;
}

/* It has ended, and has been waited for. */
static void forget(signing_process *p)
{
    close(p->control);
    p->pid = 0;
    set_channels(p, NULL);
}

/* Kills what does not answer, and waits for it. */
static void end(signing_process *p)
{
    int status;
    if (p->pid == 0)
        return;
    kill(p->pid, SIGKILL);
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        ;
    forget(p);
}

bool signing_process_mend(signing_process *p)
{
    ost_error error = {0};
    int status;
    if (p == NULL)
        return false;
    bool ended = p->pid != 0 && waitpid(p->pid, &status, WNOHANG) == p->pid;
    if (!ended && p->pid != 0 && atomic_load(&p->works))
        return false;
    atomic_store(&p->works, false);
    if (p->pid != 0)
        log_sink_say(p->config.log, "the signing process %d %s; it is started anew", (int)p->pid,
                     ended ? "is gone" : "does not answer");
    if (ended)
        forget(p);
    else
        end(p);
    if (monotonic_ms() - p->tried < MEND_EVERY)
        return false;
    ost_result result = start(p, &error);
    if (result != OST_OK)
        log_sink_say(p->config.log, "the signing process does not start: %s", error.detail);
    return result == OST_OK;
}

ost_result signing_process_new(const signing_process_config *config, signing_process **ret_process,
                               ost_error *error)
{
    signing_process *p = memory_alloc(sizeof *p);
    if (p == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned wanted = config->channels > 0 ? config->channels
                      : processors > 0     ? (unsigned)processors
                                           : 1;
    p->config = *config;
    p->channel_count = wanted < SIGNING_CHANNELS ? wanted : SIGNING_CHANNELS;
    for (unsigned i = 0; i < p->channel_count; i++) {
        pthread_mutex_init(&p->channels[i].lock, NULL);
        p->channels[i].fd = -1;
    }
    ost_result result = start(p, error);
    if (result == OST_OK)
        *ret_process = p;
    else
        signing_process_free(p);
    return result;
}

void signing_process_free(signing_process *p)
{
    if (p == NULL)
        return;
    end(p);
    for (unsigned i = 0; i < p->channel_count; i++)
        pthread_mutex_destroy(&p->channels[i].lock);
    memory_free(p);
}

bool signing_process_works(const signing_process *p)
{
    return p == NULL || atomic_load(&p->works);
}

uint64_t signing_process_starts(const signing_process *p)
{
    return p != NULL ? atomic_load(&p->starts) : 0;
}
