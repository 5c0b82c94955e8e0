/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of devices; see device_request.h. */
#include "provider/login/device_request.h"

#include "base/base64url.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/client/client_find.h"
#include "provider/detail/authorization_details.h"
#include "provider/realm/brute_force.h"
#include "provider/realm/network.h"
#include "provider/session/live_session.h"
#include "provider/session/requested_claims.h"
#include "provider/session/session_level.h"
#include "provider/token/acr_level.h"
#include "provider/token/grant.h"
#include "provider/token/resource.h"
#include "store/grant/store_device.h"
#include "store/session/session_limit.h"

/* No vowels, so that no words come about, and no letter that is taken for another one (RFC 8628
 * §6.1): 34 bits. */
#define ALPHABET "BCDFGHJKLMNPQRSTVWXZ"
#define ALPHABET_LEN (sizeof ALPHABET - 1)
#define USER_CODE_LEN 8
#define DEVICE_CODE_BYTES 32
#define PENDING_MAX 5000 /* of one client */
#define ATTEMPTS 5       /* to find a user code that is free */

/* Neither code is stored: who reads the store answers nothing, and gets no tokens. */
static bool hash_code(call *c, ost_text code, ost_text *ret_hash)
{
    return call_hash(c, code, ret_hash) == OST_OK || call_refuse(c, 500, "server_error", NULL);
}

/* As people read it: in two halves. */
static ost_text write_user_code(call *c, ost_text letters)
{
    return text_of(call_format(c, "%.*s-%.*s", USER_CODE_LEN / 2, letters.data, USER_CODE_LEN / 2,
                               letters.data + USER_CODE_LEN / 2));
}

/* ---- making ---- */

/* Each letter as likely as any other: bytes beyond a multiple of the alphabet are thrown away. */
static bool make_user_code(call *c, char ret[USER_CODE_LEN + 1])
{
    size_t len = 0;
    while (len < USER_CODE_LEN) {
        unsigned char byte;
        if (context_random(c->provider->context, &byte, 1) != OST_OK)
            return call_refuse(c, 500, "server_error", NULL);
        if (byte < 256 - 256 % ALPHABET_LEN)
            ret[len++] = ALPHABET[byte % ALPHABET_LEN];
    }
    ret[len] = '\0';
    return true;
}

static bool make_device_code(call *c, ost_text *ret_code)
{
    unsigned char bytes[DEVICE_CODE_BYTES];
    return (context_random(c->provider->context, bytes, sizeof bytes) == OST_OK &&
            base64url_encode_to(c->arena, text_of_bytes(bytes, sizeof bytes), ret_code) ==
                OST_OK) ||
           call_refuse(c, 500, "server_error", NULL);
}

/* At random another request may have drawn the same user code: then a new one is made. */
static bool keep(call *c, store_device *device, char user_code[USER_CODE_LEN + 1])
{
    ost_result result = OST_E_CONFLICT;
    for (int i = 0; i < ATTEMPTS && result == OST_E_CONFLICT; i++) {
        if (!make_user_code(c, user_code) || !hash_code(c, text_of(user_code), &device->user_code))
            return false;
        result = store_device_create(c->provider->store, device, PENDING_MAX, c->now);
    }
    return result == OST_OK || call_refuse_busy(c);
}

bool device_request_make(call *c, ost_text *ret_device_code, ost_text *ret_user_code)
{
    char user_code[USER_CODE_LEN + 1];
    ost_text device_code;
    store_device device = {
        .realm = text_of(c->realm->name),
        .client_id = text_of(c->client->client_id),
        .scope = call_parameter(c, "scope"),
        .challenge = call_parameter(c, "code_challenge"),
        .challenge_method = call_parameter(c, "code_challenge_method"),
        .expires = c->now + c->client->device_lifespan,
        .interval = c->client->device_interval,
    };
    if (c->client->public_client)
        device.network = network_of(c->request->peer);
    if (!details_read(c, &device.details) || !resources_read(c, &device.resources) ||
        !make_device_code(c, &device_code) || !hash_code(c, device_code, &device.id) ||
        !keep(c, &device, user_code))
        return false;
    *ret_device_code = device_code;
    *ret_user_code = write_user_code(c, text_of(user_code));
    return ret_user_code->data != NULL;
}

/* ---- finding ---- */

/* User codes are short, so guessing has a limit whatever the realm says of passwords: twenty wrong
 * ones from one network, and it has to wait, each twenty longer. */
static const realm_brute_force code_rule = {
    .on = true, .failures = 1, .wait = 60, .max_wait = 900, .window = 3600};

static device_found judge(call *c, device_found found)
{
    const brute_force_attempt attempt = {
        .realm = c->realm, .rule = &code_rule, .target = TARGET_CODES, .address = c->request->peer};
    bool blocked = false;
    if (brute_force_judge(c->provider->store, &attempt,
                          found == DEVICE_WRONG ? ATTEMPT_FAILED : ATTEMPT_NEITHER,
                          &blocked) != OST_OK)
        return DEVICE_BUSY;
    return blocked ? DEVICE_BLOCKED : found;
}

/* The letters of what was typed, in upper case; empty when they cannot be a code. */
static ost_text letters_of(ost_text typed, char room[USER_CODE_LEN])
{
    size_t len = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char at = typed.data[i];
        if (at >= 'a' && at <= 'z')
            at = (char)(at - 'a' + 'A');
        if (at < 'A' || at > 'Z')
            continue;
        if (len == USER_CODE_LEN)
            return (ost_text){0};
        room[len++] = at;
    }
    return (ost_text){room, len == USER_CODE_LEN ? len : 0};
}

static device_found load(call *c, ost_text letters, store_device *ret_device)
{
    ost_text hash;
    if (letters.len == 0)
        return DEVICE_WRONG;
    if (!hash_code(c, letters, &hash))
        return DEVICE_BUSY;
    ost_result result = store_device_find(c->provider->store, DEVICE_GRANT, text_of(c->realm->name),
                                          hash, c->arena, ret_device);
    if (result == OST_E_NOT_FOUND)
        return DEVICE_WRONG;
    if (result != OST_OK)
        return DEVICE_BUSY;
    if (ret_device->expires <= c->now)
        return DEVICE_EXPIRED;
    return ret_device->state == DEVICE_PENDING ? DEVICE_FOUND : DEVICE_WRONG;
}

device_found device_request_find(call *c, ost_text typed, auth_request *ret_request)
{
    char room[USER_CODE_LEN];
    store_device device;
    ost_text letters = letters_of(typed, room);
    device_found found = judge(c, load(c, letters, &device));
    if (found != DEVICE_FOUND)
        return found;
    c->client = client_find(c, device.client_id);
    if (c->client == NULL || !c->client->enabled || !c->client->device_grant)
        return DEVICE_WRONG;
    c->scope = device.scope;
    *ret_request = (auth_request){
        .device = device.id,
        .user_code = write_user_code(c, letters),
        .scope = device.scope,
        .resources = device.resources,
        .details = device.details,
        .max_age = -1,
        .acr_proved = acr_demand_of_client(c, c->client, &c->level),
    };
    return DEVICE_FOUND;
}

/* ---- answering ---- */

bool device_request_answer(call *c, const auth_request *r, const store_session *session,
                           const reached_level *reached)
{
    const store_client_session part = {
        .session_id = session != NULL ? session->id : (ost_text){0},
        .client_id = text_of(c->client->client_id),
        .issuer = text_of(c->issuer),
        .scope = r->scope,
        .started = c->now,
        .last_access = c->now,
        .notes =
            reached != NULL ? requested_claims_notes(c, reached, (ost_text){0}) : OST_TEXT("{}"),
    };
    bool approved = session != NULL;
    const store_room room =
        session_room_of(c, approved ? session->user_id : (ost_text){0}, &r->room);
    ost_result result = store_device_answer(c->provider->store, text_of(c->realm->name), r->device,
                                            approved ? DEVICE_APPROVED : DEVICE_DENIED, &room,
                                            approved ? &part : NULL, c->now);
    session_room_tell(c, &room);
    if (result == OST_E_CEILING)
        return call_refuse(c, 403, "access_denied", NULL);
    if (result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "expired_token", NULL);
    return result == OST_OK || call_refuse(c, 503, "temporarily_unavailable", NULL);
}

void device_request_send_status(call *c)
{
    const char *error = c->error.status != 0 ? c->error.error : NULL;
    call_no_store(c);
    http_redirect(c->exchange, 302,
                  text_of(call_format(c, "%s/device/status%s%s", c->issuer,
                                      error != NULL ? "?error=" : "", error != NULL ? error : "")));
}
