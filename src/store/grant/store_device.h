/* SPDX-License-Identifier: Apache-2.0 */
/* What one device asks for and a user answers on another, with the polls of the first in between:
 * device authorizations (RFC 8628), and backchannel authentication requests (CIBA). */
#ifndef STORE_DEVICE_H
#define STORE_DEVICE_H

#include "store/session/session_limit.h"
#include "store/session/store_session.h"
#include "store/store.h"

/* Neither is found where the other one is asked for. */
typedef enum store_device_kind {
    DEVICE_GRANT, /* RFC 8628: the user code leads a browser to it */
    DEVICE_CIBA,  /* CIBA: it is about a user, and an authentication channel answers it */
} store_device_kind;

typedef enum store_device_state {
    DEVICE_PENDING,
    DEVICE_APPROVED,
    DEVICE_DENIED,
} store_device_state;

typedef struct store_device {
    ost_text id; /* SHA-256 of the device code or auth_req_id, base64url: they are not stored */
    ost_text realm, client_id;
    store_device_kind kind;
    ost_text user_code; /* SHA-256 of it, or of the jti of the channel's token, likewise */
    ost_text scope, resources;
    ost_text details; /* authorization_details, JSON; empty: none */
    ost_text challenge, challenge_method;
    int64_t expires;
    int64_t interval; /* seconds between two polls */
    store_device_state state;
    ost_text session_id; /* of the user who approved in a browser */
    ost_text user_id;    /* CIBA: whom it is about */
    /* CIBA in ping mode: what the client is told when its user has answered, and what it knows us
     * by; empty: it is not. Written, never read back. */
    ost_text auth_req_id, notification_token;
    ost_text network; /* from which nobody in particular asks; empty: it is the client. Likewise. */
} store_device;

/* Who is asked again and again says yes in the end: so many may wait for one user. */
#define DEVICE_PROMPTS_MAX 20

/* Keeps one that is pending, of which a client may have `limit` at `now`. OST_E_BUSY: it has, or
 * the network has its share of them, or its user has more than they can answer.
 * OST_E_CONFLICT: another one of the realm has this user code. */
OST_MUST_CHECK ost_result store_device_create(store *store, const store_device *device,
                                              size_t limit, int64_t now);

/* By device code, or by user code; expired ones too, until they are swept. OST_E_NOT_FOUND: there
 * is none, or it is of the other kind. */
OST_MUST_CHECK ost_result store_device_get(store *store, store_device_kind kind, ost_text realm,
                                           ost_text id, ost_arena *arena, store_device *ret_device);
OST_MUST_CHECK ost_result store_device_find(store *store, store_device_kind kind, ost_text realm,
                                            ost_text user_code, ost_arena *arena,
                                            store_device *ret_device);

/* The user's answer, once: approved or denied. `part`, where it is not NULL, is the client's part
 * of their session, and is made in the same transaction, as is what a client in ping mode is to be
 * told (store_logout_take); `room` (may be NULL) limits it as in store_login_within.
 * OST_E_NOT_FOUND: nothing is pending under this id at `now`. OST_E_CEILING: no room. */
OST_MUST_CHECK ost_result store_device_answer(store *store, ost_text realm, ost_text id,
                                              store_device_state state, const store_room *room,
                                              const store_client_session *part, int64_t now);

/* Notes a poll. OST_E_BUSY: it came less than the interval after the last one that was noted, and
 * changes nothing. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_device_poll(store *store, ost_text realm, ost_text id, int64_t now);

/* Takes what was approved out, exactly once. OST_E_NOT_FOUND: it is not there, or not approved. */
OST_MUST_CHECK ost_result store_device_take(store *store, ost_text realm, ost_text id);

/* Takes back what is pending and whose user cannot be asked. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_device_withdraw(store *store, ost_text realm, ost_text id);

#endif
