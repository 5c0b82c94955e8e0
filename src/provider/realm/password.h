/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords at rest: hashes of Keycloak's algorithms, made as the realm's policy says, argon2id
 * where it says nothing; those of another form are verified and replaced at the next login. Slow on
 * purpose: only on the bounded pool. */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <ostiary/json.h>

#include "provider/proof/password_form.h"

/* Makes a credential: Keycloak's CredentialRepresentation as JSON, in the arena. `form` may be
 * NULL: as advised. */
OST_MUST_CHECK ost_result password_hash(ost_text password, const password_form *form,
                                        const ost_context *context, ost_arena *arena,
                                        ost_text *ret_credential);

/* The same password's credential in another form: how old it is and what else is said of it
 * stays. */
OST_MUST_CHECK ost_result password_rehash(ost_text password, ost_text credential,
                                          const password_form *form, const ost_context *context,
                                          ost_arena *arena, ost_text *ret_credential);

/* True in *ret_matches when it fits; *ret_upgrade tells that the credential should be replaced: it
 * is of another form than the realm's, and that one is as strong as is advised, or no weaker. An
 * empty credential costs what the realm's form costs and never matches, so that unknown users
 * cannot be told from those who have one of it. OST_E_FORMAT, OST_E_UNSUPPORTED. */
OST_MUST_CHECK ost_result password_verify(ost_text password, ost_text credential,
                                          const password_form *form, ost_arena *arena,
                                          bool *ret_matches, bool *ret_upgrade);

/* Why nobody can sign in by a credential that has a hash, whatever they type; NULL: they can. A
 * constant. */
const char *password_unfit(const ost_json *credential, ost_arena *arena);

/* When the credential was made, in milliseconds; 0: it does not say. No two of one user's were made
 * at the same time, so that one tells by it whether the password has been changed. */
int64_t password_since(ost_text credential, ost_arena *arena);

/* A password credential in the layout of before Keycloak 8 ("hashedSaltedValue", "salt",
 * "hashIterations" and "algorithm" beside each other), in today's. OST_E_FORMAT. */
OST_MUST_CHECK ost_result password_convert(const ost_json *old, ost_arena *arena,
                                           ost_text *ret_credential);

#endif
