/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a realm file: components of org.keycloak.keys.KeyProvider, both ways, so that a realm
 * that moves keeps its kids. */
#ifndef KEY_COMPONENT_H
#define KEY_COMPONENT_H

#include <ostiary/json.h>

#include "store/realm/store_key.h"

typedef struct import_report import_report;

#define KEY_PROVIDER "org.keycloak.keys.KeyProvider"

/* Whether the component is a key that is imported here; others (keystores) are kept. */
bool key_component_is_key(const ost_json *component);

/* The keys of the components of `file`, a realm, as rows, in the arena, each with its component: of
 * several active ones for one algorithm and use, the one of the highest priority signs. A component
 * that brings no key makes one, as its settings say, unless one of `stored` is what it has made
 * before; one whose private part an export has masked is left out. What others may not be able to
 * read is told (`report` may be NULL). A file without such components may have its pair as
 * "privateKey". OST_E_FORMAT: one cannot be used. */
OST_MUST_CHECK ost_result key_components_read(const ost_json *file, ost_text realm,
                                              const store_key *stored, size_t stored_count,
                                              const ost_context *context, ost_arena *arena,
                                              import_report *report, store_key **ret_keys,
                                              size_t *ret_count, ost_error *error);

/* Gives rows that the provider has made by itself, where a realm names its keys, components that
 * stand behind all others: "fallback-RS256", of priority -100. */
OST_MUST_CHECK ost_result key_components_fall_back(store_key *rows, size_t count,
                                                   const ost_context *context, ost_arena *arena);

/* Writes the keys as elements of an array that is open; those that are in devices (pkcs11_row.h)
 * have nothing to be written. A key that the provider has made by itself has the id that the admin
 * API shows. */
OST_MUST_CHECK ost_result key_components_write(const store_key *keys, size_t count,
                                               ost_text realm_id, ost_json_writer *writer,
                                               ost_arena *arena);

#endif
