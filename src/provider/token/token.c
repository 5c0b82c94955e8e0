/* SPDX-License-Identifier: Apache-2.0 */
/* The token endpoint: which grant, which client, on which thread; see token.h. */
#include "provider/token/token.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/call/call_policy.h"
#include "provider/call/call_use.h"
#include "provider/session/proof_of_certificate.h"
#include "provider/session/proof_of_key.h"
#include "provider/token/client_auth.h"

#define GRANT_DEVICE_CODE "urn:ietf:params:oauth:grant-type:device_code"
#define GRANT_JWT_BEARER "urn:ietf:params:oauth:grant-type:jwt-bearer"
#define GRANT_CIBA "urn:openid:params:grant-type:ciba"
#define GRANT_TOKEN_EXCHANGE "urn:ietf:params:oauth:grant-type:token-exchange"

/* RSA signatures grow with the cube of the key: above this, they would hold up the loop. */
#define MAX_BITS_ON_LOOP 2048

static const struct {
    const char *type;
    void (*run)(call *call);
    enum { ON_LOOP, ON_STORE_POOL, ON_HASH_POOL } place;
    event_type event;
    policy_event policy;
} grants[] = {
    {"authorization_code", grant_authorization_code, ON_STORE_POOL, EVENT_CODE_TO_TOKEN,
     POLICY_TOKEN},
    {GRANT_DEVICE_CODE, grant_device_code, ON_STORE_POOL, EVENT_DEVICE_CODE_TO_TOKEN,
     POLICY_DEVICE_TOKEN},
    {GRANT_CIBA, grant_ciba, ON_STORE_POOL, EVENT_AUTHREQID_TO_TOKEN, POLICY_CIBA_TOKEN},
    {"refresh_token", grant_refresh_token, ON_STORE_POOL, EVENT_REFRESH_TOKEN, POLICY_REFRESH},
    {"password", grant_password, ON_HASH_POOL, EVENT_LOGIN, POLICY_PASSWORD},
    {GRANT_JWT_BEARER, grant_jwt_bearer, ON_STORE_POOL, EVENT_LOGIN, POLICY_JWT_GRANT},
    {GRANT_TOKEN_EXCHANGE, grant_token_exchange, ON_STORE_POOL, EVENT_TOKEN_EXCHANGE,
     POLICY_EXCHANGE},
    {"client_credentials", grant_client_credentials, ON_LOOP, EVENT_CLIENT_LOGIN,
     POLICY_SERVICE_ACCOUNT},
};

static void send(call *c)
{
    /* A script must be able to read why its client was refused. */
    call_allow_origin(c, c->client);
    if (c->event.due)
        event_tell_outcome(c, c->event.type);
    call_send_json(c);
}

static bool find_grant(call *c, size_t *ret_index)
{
    ost_text type = call_parameter(c, "grant_type");
    if (type.data == NULL)
        return call_refuse(c, 400, "invalid_request", "Missing form parameter: grant_type");
    for (size_t i = 0; i < ARRAY_LEN(grants); i++) {
        if (text_is(type, grants[i].type)) {
            *ret_index = i;
            c->event.due = true;
            c->event.type = grants[i].event;
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

static void dispatch(call *c)
{
    size_t grant = 0;
    if (!find_grant(c, &grant)) {
        send(c);
        return;
    }
    switch (grants[grant].place) {
    case ON_LOOP:
        if (signs_quickly(c) && !call_has_unconfirmed_uses(c) &&
            !c->client->refreshed_credentials) {
            grant_client_credentials_with_others(c, send);
            return;
        }
        break;
    case ON_HASH_POOL:
        if (!call_work_hashing(c, grants[grant].run, send)) {
            provider_count(c->provider, COUNT_LOGINS_BUSY);
            call_refuse_busy(c);
            send(c);
        }
        return;
    case ON_STORE_POOL:
        break;
    }
    call_work(c, grants[grant].run, send);
}

/* A client that wants its tokens bound to a key shows one (RFC 9449 §5). For a public client
 * anybody may ask: its proof is used up when the grant is good (mint_tokens). */
static bool read_proof(call *c)
{
    return proof_of_key_read(c, "/protocol/openid-connect/token", &c->jkt) &&
           (c->jkt.len > 0 || !c->client->dpop_bound ||
            call_refuse(c, 400, "invalid_dpop_proof", "DPoP proof is missing")) &&
           (c->client->public_client || proof_of_key_note(c));
}

/* And one that wants them bound to its certificate shows that (RFC 8705 §3). */
static bool read_certificate(call *c)
{
    if (!c->client->certificate_bound)
        return true;
    return proof_of_certificate_read(c, &c->x5t) &&
           (c->x5t.len > 0 ||
            call_refuse(c, 400, "invalid_request",
                        "Client Certification missing for MTLS HoK Token Binding"));
}

/* Once the client can be known. */
static void begin(call *c)
{
    size_t grant = 0;
    if (c->error.status == 0 && find_grant(c, &grant) && client_authenticate(c) &&
        call_policy_check(c, grants[grant].policy) && read_proof(c))
        (void)read_certificate(c);
    if (c->error.status != 0)
        send(c);
    else if (grants[grant].run == grant_jwt_bearer)
        grant_jwt_bearer_await(c, dispatch);
    else
        dispatch(c);
}

void token_endpoint(http_exchange *exchange, void *user)
{
    client_auth_begin(exchange, user, false, begin);
}
