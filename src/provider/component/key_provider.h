/* SPDX-License-Identifier: Apache-2.0 */
/* Providers of keys, as administrators of Keycloak know them: a component whose settings tell what
 * the key is, and whether and before which others it signs. One provider holds one key. */
#ifndef KEY_PROVIDER_H
#define KEY_PROVIDER_H

#include <ostiary/json.h>

#include "store/realm/store_key.h"

/* A stored key as a component, its own or one that its row makes. */
typedef struct key_provider {
    ost_text id, name, kind;
    const ost_json *config; /* lists of one text each; no private part in it */
    int64_t priority;
    bool enabled, active;
} key_provider;

OST_MUST_CHECK ost_result key_provider_read(const store_key *row, ost_text realm_id,
                                            ost_arena *arena, key_provider *ret_provider);

/* Writes the row's component anew: `settings` are laid over those that it has. */
OST_MUST_CHECK ost_result key_provider_write(const key_provider *provider, ost_text name,
                                             const ost_json *settings, ost_arena *arena,
                                             store_key *row);

/* Decides which key of each algorithm signs: of the enabled and active ones that of the highest
 * priority, the newest of several. Rows get a component that have none. */
OST_MUST_CHECK ost_result key_provider_choose(store_key *rows, size_t count, ost_text realm_id,
                                              ost_arena *arena);

#endif
