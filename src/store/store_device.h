/* SPDX-License-Identifier: Apache-2.0 */
/* Device authorizations (RFC 8628): what a device asks for, what its user answers, and the polls of
 * the device in between. */
#ifndef STORE_DEVICE_H
#define STORE_DEVICE_H

#include "store/store.h"

typedef enum store_device_state {
    DEVICE_PENDING,
    DEVICE_APPROVED,
    DEVICE_DENIED,
} store_device_state;

typedef struct store_device {
    ost_text id; /* SHA-256 of the device code, base64url: the code itself is not stored */
    ost_text realm, client_id;
    ost_text user_code; /* SHA-256, likewise */
    ost_text scope, resources;
    ost_text challenge, challenge_method;
    int64_t expires;
    int64_t interval; /* seconds between two polls */
    store_device_state state;
    ost_text session_id; /* of the user who approved */
} store_device;

/* Keeps one that is pending, of which a client may have `limit` at `now`. OST_E_BUSY: it has.
 * OST_E_CONFLICT: another one of the realm has this user code. */
OST_MUST_CHECK ost_result store_device_create(store *store, const store_device *device,
                                              size_t limit, int64_t now);

/* By device code, or by user code; expired ones too, until they are swept. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_device_get(store *store, ost_text realm, ost_text id,
                                           ost_arena *arena, store_device *ret_device);
OST_MUST_CHECK ost_result store_device_find(store *store, ost_text realm, ost_text user_code,
                                            ost_arena *arena, store_device *ret_device);

/* The user's answer, once: with the client's part of their session, which is made in the same
 * transaction, or NULL, which denies. OST_E_NOT_FOUND: nothing is pending under this id at `now`.
 */
OST_MUST_CHECK ost_result store_device_answer(store *store, ost_text realm, ost_text id,
                                              const store_client_session *part, int64_t now);

/* Notes a poll. OST_E_BUSY: it came less than the interval after the last one that was noted, and
 * changes nothing. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_device_poll(store *store, ost_text realm, ost_text id, int64_t now);

/* Takes what was approved out, exactly once. OST_E_NOT_FOUND: it is not there, or not approved. */
OST_MUST_CHECK ost_result store_device_take(store *store, ost_text realm, ost_text id);

#endif
