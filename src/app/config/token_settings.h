/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's settings for tokens that the first issuer is asked about, or keeps status lists
 * of. */
#ifndef TOKEN_SETTINGS_H
#define TOKEN_SETTINGS_H

#include <ostiary/guard.h>

#include "base/options.h"

#define TOKEN_SETTINGS_ORIGINS 8

typedef struct token_settings {
    ost_introspection introspection;
    ost_text key; /* of the client that asks, as a JWK; empty: it has a secret */
    const char *origins[TOKEN_SETTINGS_ORIGINS];
    size_t origin_count;
} token_settings;

/* OST_E_CONFIG, OST_E_ARGUMENT: what the operator must change; OST_E_SYSTEM: the secret's file.
 * Texts are borrowed from the values and the arena. */
OST_MUST_CHECK ost_result token_settings_read(const option_values *values, ost_arena *arena,
                                              token_settings *ret_settings, ost_error *error);

#endif
