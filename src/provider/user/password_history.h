/* SPDX-License-Identifier: Apache-2.0 */
/* The passwords that a user had before: credentials of the type "password-history" in their
 * document, as Keycloak keeps and exports them. */
#ifndef PASSWORD_HISTORY_H
#define PASSWORD_HISTORY_H

#include <ostiary/json.h>

typedef struct password_history {
    const char *policy;       /* of the realm; NULL: none */
    const ost_json *document; /* the user's */
    ost_text current;         /* their password credential; empty: none */
    int64_t now;              /* seconds */
} password_history;

/* Whether the policy lets a password come back: passwordHistory counts the current one and those
 * before it, passwordAge (Keycloak 26) the days since one was made. OST_E_ARGUMENT with Keycloak's
 * sentence; OST_E_UNSUPPORTED: no number is to be read there, so that no password is good enough.
 * Hashes once for each password that is remembered: on the bounded pool. */
OST_MUST_CHECK ost_result password_history_check(const password_history *history, ost_text password,
                                                 ost_arena *arena, ost_error *error);

/* The document with the current password among those before it, and without those that the policy
 * need not remember any longer. */
OST_MUST_CHECK ost_result password_history_keep(const password_history *history,
                                                const ost_context *context, ost_arena *arena,
                                                const ost_json **ret_document);

#endif
