/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a realm file: components of org.keycloak.keys.KeyProvider, both ways, so that a realm
 * that moves keeps its kids. */
#ifndef KEY_COMPONENT_H
#define KEY_COMPONENT_H

#include <ostiary/json.h>

#include "store/store.h"

typedef struct import_report import_report;

#define KEY_PROVIDER "org.keycloak.keys.KeyProvider"

/* Whether the component is a key that is imported here; others (AES, keystores) are kept. */
bool key_component_is_key(const ost_json *component);

/* The keys of `components` (the realm's member) as rows, in the arena: of several active ones for
 * one algorithm and use, the one of the highest priority signs. Keys that are not enabled, and keys
 * whose private part an export has masked, are left out. What others may not be able to read is
 * told (`report` may be NULL). OST_E_FORMAT: one cannot be used. */
OST_MUST_CHECK ost_result key_components_read(const ost_json *components, ost_text realm,
                                              const ost_context *context, ost_arena *arena,
                                              import_report *report, store_key **ret_keys,
                                              size_t *ret_count, ost_error *error);

/* Writes the keys as elements of an array that is open; those that are in devices (pkcs11_row.h)
 * have nothing to be written. */
OST_MUST_CHECK ost_result key_components_write(const store_key *keys, size_t count,
                                               ost_json_writer *writer, ost_arena *arena);

#endif
