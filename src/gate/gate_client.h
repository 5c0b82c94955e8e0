/* SPDX-License-Identifier: Apache-2.0 */
/* A client of a site's own: who signs in there, by what it proves that, and where the provider
 * sends browsers back to. */
#ifndef GATE_CLIENT_H
#define GATE_CLIENT_H

#include "gate/gate_rules.h"
#include "login/login_place.h"
#include <ostiary/logout.h>

/* Made by reading, filled in by loading; immutable once its rules are published. */
struct gate_client {
    login_client as;                    /* what logins use */
    const char *secret_file, *key_file; /* one of them at most */
    ost_key *key;                       /* owned */
};

/* Reads "client" of the site's object; opens no file. In the arena. OST_E_CONFIG with a sentence
 * that names the place; OST_E_MEMORY. */
OST_MUST_CHECK ost_result gate_client_read(const ost_json *value, ost_arena *arena, size_t number,
                                           gate_site *site, ost_error *error);

/* Once its rules are read: that it has logins if it has a client, and that it has the same as the
 * sites before it with which it shares sessions. OST_E_CONFIG. */
OST_MUST_CHECK ost_result gate_client_agree(const gate_rules *rules, size_t number,
                                            const gate_site *site, ost_error *error);

/* Reads the secrets and keys of all sites' clients out of their files, which must be regular ones
 * that nobody else may read. OST_E_CONFIG, OST_E_SYSTEM with a sentence, OST_E_MEMORY; what was
 * loaded is given back by the other either way. */
OST_MUST_CHECK ost_result gate_client_load(const gate_rules *rules, ost_arena *arena,
                                           ost_error *error);
void gate_client_unload(const gate_rules *rules);

/* The client of that redirect address, at this host; NULL: there is none. */
const gate_client *gate_client_of_path(const gate_rules *rules, ost_text authority, ost_text path);

/* Whose logout tokens are taken: the clients of the sites and those of `more`. In the arena; NULL
 * clients: out of memory. */
ost_logout_rules gate_client_logouts(const gate_rules *rules, const ost_logout_rules *more,
                                     ost_arena *arena);

#endif
