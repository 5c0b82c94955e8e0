/* SPDX-License-Identifier: Apache-2.0 */
/* How passwords are hashed: what the policy of a realm says by hashAlgorithm and hashIterations, as
 * Keycloak has it, and argon2id where it says nothing. */
#ifndef PASSWORD_FORM_H
#define PASSWORD_FORM_H

#include <ostiary/types.h>

typedef struct password_algorithm {
    const char *name;   /* Keycloak's */
    const char *digest; /* OpenSSL's, of PBKDF2; NULL: argon2id */
    int64_t usual;      /* iterations, or passes: what OWASP and Keycloak advise */
    int64_t most;       /* more cost more than is spent here */
    size_t length;      /* of a hash that is made, in bytes */
} password_algorithm;

/* NULL: none is called so. */
const password_algorithm *password_algorithm_find(ost_text name);

/* All zeroes: what is advised, argon2id. */
typedef struct password_form {
    const password_algorithm *algorithm;
    int64_t iterations;
} password_form;

/* How a policy (NULL: none) has passwords hashed. What it names that is not known, or no count of
 * that algorithm, is as if it said nothing of it. */
password_form password_form_of(const char *policy);

/* What of the policy is not done, half a sentence, in the arena; NULL: all is. */
const char *password_form_unmet(const char *policy, ost_arena *arena);

/* Half a sentence, in the arena, where it is done and weaker than what is advised; NULL: it is as
 * good. */
const char *password_form_weakness(const char *policy, ost_arena *arena);

/* Keycloak's words for a policy that it does not store; a constant. NULL: it does. */
const char *password_form_refusal(const char *policy);

#endif
