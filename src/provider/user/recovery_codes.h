/* SPDX-License-Identifier: Apache-2.0 */
/* The recovery codes of a user, as Keycloak stores them: one credential of type
 * "recovery-authn-codes" with the hashes of those that are left. They are used in their order, each
 * once. */
#ifndef RECOVERY_CODES_H
#define RECOVERY_CODES_H

#include <ostiary/json.h>
#include <ostiary/types.h>

#define RECOVERY_TYPE "recovery-authn-codes"
#define RECOVERY_ACTION "CONFIGURE_RECOVERY_AUTHN_CODES"
#define RECOVERY_CODES 12    /* that are made */
#define RECOVERY_CODE_LEN 12 /* characters of one, of 34 */

typedef struct recovery_codes {
    const ost_json *credential; /* as it stands in the user's document; NULL: they have none */
    bool readable;              /* if not, no code is right */
    int64_t number;             /* of the code that is to be used next */
    ost_text hash;              /* of it */
    int64_t left, total;
} recovery_codes;

OST_MUST_CHECK ost_result recovery_codes_read(const ost_json *user, ost_arena *arena,
                                              recovery_codes *ret_codes);

/* The user without the code that was typed, with dashes or without; with the last one the
 * credential goes, and new codes are to be made at the login. OST_E_NOT_FOUND: it is not the next
 * one. */
OST_MUST_CHECK ost_result recovery_codes_use(const ost_json *user, ost_text user_id,
                                             const recovery_codes *codes, ost_text typed,
                                             ost_arena *arena, const ost_json **ret_user);

/* New codes, joined by commas. */
OST_MUST_CHECK ost_result recovery_codes_make(const ost_context *context, ost_arena *arena,
                                              ost_text *ret_codes);

/* Codes that are set up. */
typedef struct recovery_setup {
    ost_text user_id, id;
    ost_text codes; /* joined by commas */
    ost_text label; /* empty: none */
    int64_t now_ms;
} recovery_setup;

/* The user with these codes in place of those that they had, behind their other credentials. */
OST_MUST_CHECK ost_result recovery_codes_put(const ost_json *user, const recovery_setup *setup,
                                             ost_arena *arena, const ost_json **ret_user);

#endif
