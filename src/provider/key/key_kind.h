/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of providers of keys ("rsa-generated"): what their settings may be, and the keys that they
 * make of them. */
#ifndef KEY_KIND_H
#define KEY_KIND_H

#include <ostiary/json.h>

#include "store/realm/store_key.h"

/* Whether there are providers of the kind. */
bool key_kind_is_known(ost_text kind);

/* Whether the kind makes its key by itself, so that its component needs to bring none. */
bool key_kind_is_generated(ost_text kind);

/* Whether a key of a file, of the kind and with these settings, has an algorithm that is there. */
bool key_kind_serves(ost_text kind, const ost_json *settings);

/* What keys of the kind do with these settings, as in rows of the store; of a kind that is known.
 */
void key_kind_purpose(ost_text kind, const ost_json *settings, ost_text *ret_algorithm,
                      const char **ret_use);

/* Checks the settings that are to come to those that there are (NULL: a new provider); the sentence
 * is Keycloak's. OST_E_ARGUMENT. */
OST_MUST_CHECK ost_result key_kind_check(ost_text kind, const ost_json *settings,
                                         const ost_json *existing, ost_error *error);

/* The key of a new provider, with settings that have been checked. */
OST_MUST_CHECK ost_result key_kind_make(ost_text kind, const ost_json *settings, ost_text realm,
                                        const ost_context *context, ost_arena *arena,
                                        store_key *ret_row, ost_error *error);

#endif
