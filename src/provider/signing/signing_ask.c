/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that sign in the signing process, and how it is asked; see signing_process.h. */
#include <string.h>
#include <unistd.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/thread_number.h"
#include "jose/key/key_elsewhere.h"
#include "provider/signing/signing_state.h"

/* What a key keeps. */
typedef struct distant_key {
    signing_process *process;
    uint64_t start;
    uint32_t number;
} distant_key;

/* ---- channels ---- */

/* One that nobody uses, or else one to wait for. */
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

/* An answer that comes late would be taken for the next one's. `result`: how the asking went. */
static void give_channel(signing_process *p, signing_channel *c, ost_result result)
{
    uint64_t start = c->start;
    bool broken = result == OST_E_REMOTE;
    if (broken) {
        close(c->fd);
        c->fd = -1;
    }
    pthread_mutex_unlock(&c->lock);
    /* Unless another process has taken its place. */
    if (broken && start == atomic_load(&p->starts) && atomic_exchange(&p->works, false) &&
        p->config.died != NULL)
        p->config.died(p->config.user);
}

/* ---- one question ---- */

/* `start`: 0 for whichever process runs; which it was is told. OST_E_BUSY: it is gone. */
static ost_result ask(signing_process *p, uint64_t *start, const signing_request *request,
                      uint32_t *ret_key)
{
    signing_reply reply = {0};
    signing_channel *c = take_channel(p);
    ost_result result = OST_E_BUSY;
    if (c->fd >= 0 && (*start == 0 || *start == c->start)) {
        *start = c->start;
        signing_channel_begin(c);
        result = signing_channel_add(c, request);
        if (result == OST_OK)
            result = signing_channel_ask(c);
        if (result == OST_OK)
            result = signing_channel_next(c, &reply);
    }
    give_channel(p, c, result);
    if (result != OST_OK)
        return result == OST_E_REMOTE ? OST_E_BUSY : result;
    if (reply.result == OST_OK)
        *ret_key = reply.key;
    return reply.result;
}

/* ---- signatures ---- */

static ost_result take_signature(const signing_reply *reply, const signature_wish *wish)
{
    if (reply->result != OST_OK)
        return reply->result;
    if (reply->content.len != wish->size)
        return OST_E_CRYPTO;
    memcpy(wish->ret, reply->content.data, wish->size);
    return OST_OK;
}

/* Puts into one packet what fits; returns how many wishes that is. One that does not fit into any
 * has its result. */
static size_t add_wishes(signing_channel *c, signature_wish *const *wishes, size_t count)
{
    size_t added = 0;
    signing_channel_begin(c);
    for (; added < count; added++) {
        signature_wish *wish = wishes[added];
        const distant_key *key = wish->user;
        const signing_request request = {.operation = SIGNING_SIGN,
                                         .alg = wish->alg,
                                         .key = key->number,
                                         .content = wish->input};
        wish->result = OST_E_BUSY;
        if (c->fd < 0 || key->start != c->start)
            continue;
        ost_result result = signing_channel_add(c, &request);
        if (result != OST_OK && c->count > 0)
            break;
        wish->result = result;
    }
    return added;
}

static ost_result ask_wishes(signing_channel *c, signature_wish *const *wishes, size_t count)
{
    signing_reply reply;
    ost_result result = c->count > 0 ? signing_channel_ask(c) : OST_OK;
    for (size_t i = 0; i < count; i++) {
        if (wishes[i]->result != OST_OK)
            continue;
        if (result == OST_OK)
            result = signing_channel_next(c, &reply);
        wishes[i]->result = result == OST_OK ? take_signature(&reply, wishes[i]) : OST_E_BUSY;
    }
    return result;
}

static void sign_together(void *holder, signature_wish *const *wishes, size_t count)
{
    signing_process *p = holder;
    while (count > 0) {
        signing_channel *c = take_channel(p);
        size_t added = add_wishes(c, wishes, count);
        give_channel(p, c, ask_wishes(c, wishes, added));
        wishes += added;
        count -= added;
    }
}

static ost_result sign(void *user, ost_alg alg, ost_text input, unsigned char *ret, size_t size)
{
    distant_key *key = user;
    signature_wish wish = {.alg = alg, .input = input, .ret = ret, .size = size, .user = user};
    signature_wish *const wishes[] = {&wish};
    sign_together(key->process, wishes, 1);
    return wish.result;
}

/* ---- keys ---- */

static void release(void *user)
{
    distant_key *key = user;
    uint32_t none;
    uint64_t start = key->start;
    const signing_request request = {.operation = SIGNING_DROP, .key = key->number};
    (void)!ask(key->process, &start, &request, &none); /* gone with the process otherwise */
    memory_free(key);
}

ost_result signing_process_key(signing_process *p, ost_alg alg, ost_text private_jwk,
                               ost_text public_jwk, ost_key **ret_key, ost_error *error)
{
    uint32_t number = 0;
    uint64_t start = 0;
    const signing_request request = {.operation = SIGNING_ADD, .alg = alg, .content = private_jwk};
    ost_result result = ask(p, &start, &request, &number);
    if (result != OST_OK)
        return ost_error_set(error, result, "the signing process does not take the key: %s",
                             ost_result_sentence(result));
    distant_key *key = memory_alloc(sizeof *key);
    if (key == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    *key = (distant_key){.process = p, .start = start, .number = number};
    const key_signer signer = {
        .sign = sign, .sign_together = sign_together, .release = release, .user = key, .holder = p};
    return key_import_elsewhere(public_jwk, &signer, ret_key, error);
}
