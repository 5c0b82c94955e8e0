/* SPDX-License-Identifier: Apache-2.0 */
/* Consents: what a user has granted to a client. */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include "store/store.h"

typedef struct store_consent store_consent;

#define CONSENT_MAX ((size_t)64 << 10) /* bytes of the names of one consent's scopes */

struct store_consent {
    ost_text realm, user_id;
    ost_text client; /* what names the client for good: its own id, not the changeable clientId */
    ost_text scopes; /* names, separated by spaces */
    int64_t created, updated; /* milliseconds */
};
/* Adds the scopes to those that the user has granted before. The arena is for work.
 * OST_E_NOT_FOUND: there is no such user; OST_E_CEILING: they have more than CONSENT_MAX. */
OST_MUST_CHECK ost_result store_consent_grant(store *store, const store_consent *consent,
                                              ost_arena *arena);
/* The scopes of the consent in the place of those before. */
OST_MUST_CHECK ost_result store_consent_put(store *store, const store_consent *consent);
OST_MUST_CHECK ost_result store_consent_get(store *store, ost_text realm, ost_text user_id,
                                            ost_text client, ost_arena *arena,
                                            store_consent *ret_consent);
/* All that a user has granted, the oldest first. */
OST_MUST_CHECK ost_result store_consent_list(store *store, ost_text realm, ost_text user_id,
                                             ost_arena *arena, store_consent **ret_consents,
                                             size_t *ret_count);
/* Takes a consent back, and ends what the client, called `client_id` in sessions, has in those of
 * the user: codes and refresh tokens too, and the parts that were made of it. OST_E_NOT_FOUND:
 * there is no such consent, and nothing was ended. */
OST_MUST_CHECK ost_result store_consent_revoke(store *store, ost_text realm, ost_text user_id,
                                               ost_text client, ost_text client_id);

/* Ends what a client has in a user's sessions, consent or not. */
OST_MUST_CHECK ost_result store_client_end(store *store, ost_text realm, ost_text user_id,
                                           ost_text client_id);

#endif
