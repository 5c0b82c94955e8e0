/* SPDX-License-Identifier: Apache-2.0 */
/* The token endpoint: which grant, which client, on which thread; see token.h. */
#include "provider/token/token.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/token/client_auth.h"

/* RSA signatures grow with the cube of the key: above this, they would hold up the loop. */
#define MAX_BITS_ON_LOOP 2048

static const struct {
    const char *type;
    void (*run)(call *call);
    enum { ON_LOOP, ON_STORE_POOL, ON_HASH_POOL } place;
} grants[] = {
    {"authorization_code", grant_authorization_code, ON_STORE_POOL},
    {"refresh_token", grant_refresh_token, ON_STORE_POOL},
    {"password", grant_password, ON_HASH_POOL},
    {"client_credentials", grant_client_credentials, ON_LOOP},
};

static void send(http_exchange *exchange, void *user)
{
    call *c = user;
    (void)exchange;
    /* A script must be able to read why its client was refused. */
    call_allow_origin(c, c->client);
    call_send_json(c);
}

static void work(http_exchange *exchange, void *user)
{
    call *c = user;
    void (*run)(call *) = grants[*(size_t *)c->job].run;
    (void)exchange;
    run(c);
}

static bool find_grant(call *c, size_t *ret_index)
{
    ost_text type = call_parameter(c, "grant_type");
    if (type.data == NULL)
        return call_refuse(c, 400, "invalid_request", "Missing form parameter: grant_type");
    for (size_t i = 0; i < ARRAY_LEN(grants); i++) {
        if (text_is(type, grants[i].type)) {
            *ret_index = i;
            return true;
        }
    }
    return call_refuse(c, 400, "unsupported_grant_type", "Unsupported grant_type");
}

static bool signs_quickly(const call *c)
{
    const ost_key *key = key_ring_signer(c->entry->keys, c->realm->signature_alg);
    return key == NULL || ost_key_bits(key) <= MAX_BITS_ON_LOOP;
}

static void dispatch(call *c, size_t grant)
{
    switch (grants[grant].place) {
    case ON_LOOP:
        if (signs_quickly(c)) {
            grants[grant].run(c);
            send(c->exchange, c);
            return;
        }
        break;
    case ON_HASH_POOL:
        if (!http_defer_to(c->provider->hashing, c->exchange, work, send, c)) {
            provider_count(c->provider, COUNT_LOGINS_BUSY);
            call_refuse_busy(c);
            send(c->exchange, c);
        }
        return;
    case ON_STORE_POOL:
        break;
    }
    http_defer(c->exchange, work, send, c);
}

void token_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    size_t *index = c != NULL ? ost_arena_alloc(c->arena, sizeof *index) : NULL;
    if (c == NULL)
        return;
    if (index == NULL)
        call_refuse(c, 500, "server_error", NULL);
    else if (!c->realm->enabled)
        call_refuse(c, 403, "access_denied", "Realm not enabled");
    else if (call_read_form(c) && find_grant(c, index))
        (void)client_authenticate(c);
    c->job = index;
    if (c->error.status != 0 || index == NULL)
        send(exchange, c);
    else
        dispatch(c, *index);
}
