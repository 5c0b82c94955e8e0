/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, asking and mending the signing process; see signing_process.h. */
#include "provider/signing/signing_process.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/thread_number.h"
#include "jose/key/key_elsewhere.h"
#include "provider/signing/signing_channel.h"
#include "provider/signing/signing_spawn.h"

#define MEND_EVERY 1000 /* milliseconds */

struct signing_process {
    signing_process_config config;
    signing_channel channels[SIGNING_CHANNELS];
    unsigned channel_count;
    pid_t pid;     /* 0: none; of the thread that mends */
    int control;   /* likewise */
    int64_t tried; /* monotonic milliseconds: when it was started last */
    atomic_bool works;
    atomic_uint_fast64_t starts; /* which of them keys belong to */
};

/* What a key keeps. */
typedef struct distant_key {
    signing_process *process;
    uint64_t start;
    uint32_t number;
} distant_key;

/* Unless another one has taken its place. */
static ost_result gone(signing_process *p, uint64_t start)
{
    if (start == atomic_load(&p->starts) && atomic_exchange(&p->works, false) &&
        p->config.died != NULL)
        p->config.died(p->config.user);
    return OST_E_BUSY;
}

/* A channel that nobody uses, or else one to wait for. */
static signing_channel *take_channel(signing_process *p)
{
    unsigned first = thread_number();
    for (unsigned i = 0; i < p->channel_count; i++) {
        signing_channel *c = &p->channels[(first + i) % p->channel_count];
        if (pthread_mutex_trylock(&c->lock) == 0)
            return c;
    }
    signing_channel *c = &p->channels[first % p->channel_count];
    pthread_mutex_lock(&c->lock);
    return c;
}

/* `start`: 0 for whichever process runs; which it was is told. The reply's content is copied to
 * `ret`, and has to be of that size. */
static ost_result ask(signing_process *p, uint64_t *start, const signing_request *request,
                      uint32_t *ret_key, unsigned char *ret, size_t size)
{
    signing_reply reply;
    signing_channel *c = take_channel(p);
    bool current = c->fd >= 0 && (*start == 0 || *start == c->start);
    ost_result result = OST_E_BUSY;
    bool broken = false;
    if (current) {
        *start = c->start;
        result = signing_channel_ask(c, request, &reply);
        broken = result == OST_E_REMOTE;
        if (broken) { /* an answer that comes late would be taken for the next one's */
            close(c->fd);
            c->fd = -1;
        }
        if (result == OST_OK)
            result = reply.result;
        if (result == OST_OK && reply.content.len != size)
            result = OST_E_CRYPTO;
        if (result == OST_OK && size > 0)
            memcpy(ret, reply.content.data, size);
        if (result == OST_OK && ret_key != NULL)
            *ret_key = reply.key;
    }
    pthread_mutex_unlock(&c->lock);
    return broken ? gone(p, *start) : result;
}

/* ---- keys ---- */

static ost_result sign(void *user, ost_alg alg, ost_text input, unsigned char *ret, size_t size)
{
    distant_key *key = user;
    uint64_t start = key->start;
    const signing_request request = {
        .operation = SIGNING_SIGN, .alg = alg, .key = key->number, .content = input};
    return ask(key->process, &start, &request, NULL, ret, size);
}

static void release(void *user)
{
    distant_key *key = user;
    uint64_t start = key->start;
    const signing_request request = {.operation = SIGNING_DROP, .key = key->number};
    (void)!ask(key->process, &start, &request, NULL, NULL, 0); /* gone with the process otherwise */
    memory_free(key);
}

ost_result signing_process_key(signing_process *p, ost_alg alg, ost_text private_jwk,
                               ost_text public_jwk, ost_key **ret_key, ost_error *error)
{
    uint32_t number = 0;
    uint64_t start = 0;
    const signing_request request = {.operation = SIGNING_ADD, .alg = alg, .content = private_jwk};
    ost_result result = ask(p, &start, &request, &number, NULL, 0);
    if (result != OST_OK)
        return ost_error_set(error, result, "the signing process does not take the key: %s",
                             ost_result_sentence(result));
    distant_key *key = memory_alloc(sizeof *key);
    if (key == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    *key = (distant_key){.process = p, .start = start, .number = number};
    const key_signer signer = {.sign = sign, .release = release, .user = key};
    return key_import_elsewhere(public_jwk, &signer, ret_key, error);
}

/* ---- its life ---- */

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
