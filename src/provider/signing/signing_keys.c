/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by number; see signing_keys.h. */
#include "provider/signing/signing_keys.h"

#include <pthread.h>

#include "base/context.h"
#include "base/text.h"
#include "jose/signature/signature.h"

struct signing_keys {
    pthread_mutex_t lock;
    ost_key *keys[SIGNING_KEYS_MAX]; /* a key's number is its place, and one */
    uint32_t next;                   /* where to look for room first */
};

signing_keys *signing_keys_new(void)
{
    signing_keys *k = memory_alloc(sizeof *k);
    if (k != NULL)
        pthread_mutex_init(&k->lock, NULL);
    return k;
}

void signing_keys_free(signing_keys *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < SIGNING_KEYS_MAX; i++)
        ost_key_unref(k->keys[i]);
    pthread_mutex_destroy(&k->lock);
    memory_free(k);
}

/* Takes the reference over. */
static ost_result put(signing_keys *k, ost_key *key, uint32_t *ret_number)
{
    ost_result result = OST_E_CEILING;
    pthread_mutex_lock(&k->lock);
    for (uint32_t i = 0; i < SIGNING_KEYS_MAX && result != OST_OK; i++) {
        uint32_t place = (k->next + i) % SIGNING_KEYS_MAX;
        if (k->keys[place] != NULL)
            continue;
        k->keys[place] = key;
        k->next = place + 1;
        *ret_number = place + 1;
        result = OST_OK;
    }
    pthread_mutex_unlock(&k->lock);
    if (result != OST_OK)
        ost_key_unref(key);
    return result;
}

/* A reference of the caller's; NULL: there is no such key. */
static ost_key *find(signing_keys *k, uint32_t number, bool take)
{
    ost_key *key = NULL;
    if (number == 0 || number > SIGNING_KEYS_MAX)
        return NULL;
    pthread_mutex_lock(&k->lock);
    ost_key **place = &k->keys[number - 1];
    if (*place != NULL)
        key = take ? *place : ost_key_ref(*place);
    if (take)
        *place = NULL;
    pthread_mutex_unlock(&k->lock);
    return key;
}

static signing_reply add(signing_keys *k, const signing_request *request)
{
    signing_reply reply = {0};
    ost_key *key;
    reply.result = ost_key_import_jwk(request->content, &key, NULL);
    if (reply.result != OST_OK)
        return reply;
    if (ost_key_serves(key, request->alg) && ost_key_is_private(key))
        reply.result = put(k, key, &reply.key);
    else {
        ost_key_unref(key);
        reply.result = OST_E_KEY_USE;
    }
    return reply;
}

static signing_reply sign(signing_keys *k, const signing_request *request, unsigned char *room)
{
    size_t size;
    signing_reply reply = {0};
    ost_key *key = find(k, request->key, false);
    if (key == NULL) {
        reply.result = OST_E_KEY_UNKNOWN;
        return reply;
    }
    reply.result = signature_make(key, request->alg, request->content, room, &size);
    ost_key_unref(key);
    if (reply.result == OST_OK)
        reply.content = text_of_bytes(room, size);
    return reply;
}

static signing_reply reply_to(signing_keys *k, const signing_request *request, unsigned char *room)
{
    signing_reply reply = {0};
    switch (request->operation) {
    case SIGNING_ADD:
        return add(k, request);
    case SIGNING_SIGN:
        return sign(k, request, room);
    case SIGNING_DROP:
        ost_key_unref(find(k, request->key, true));
        break;
    }
    return reply;
}

bool signing_keys_answer(signing_keys *k, const unsigned char *packet, size_t len,
                         unsigned char *ret_packet, size_t *ret_len)
{
    unsigned char signature[SIGNATURE_MAX_SIZE];
    ost_text rest = {(const char *)packet, len};
    size_t made = 0;
    for (unsigned count = 0; count == 0 || rest.len > 0; count++) {
        signing_request request;
        if (count == SIGNING_TOGETHER || signing_request_next(&rest, &request) != OST_OK)
            return false;
        const signing_reply reply = reply_to(k, &request, signature);
        if (signing_reply_add(&reply, ret_packet, &made) != OST_OK)
            return false;
    }
    *ret_len = made;
    return true;
}
