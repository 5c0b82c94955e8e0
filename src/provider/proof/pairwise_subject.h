/* SPDX-License-Identifier: Apache-2.0 */
/* Subjects that differ from sector to sector, so that clients cannot tell by them that they have
 * the same user (OpenID Connect Core §8.1). */
#ifndef PAIRWISE_SUBJECT_H
#define PAIRWISE_SUBJECT_H

#include <ostiary/types.h>

#define PAIRWISE_MAPPER "oidc-sha256-pairwise-sub-mapper"
#define PAIRWISE_SALT "pairwiseSubAlgorithmSalt"
#define PAIRWISE_SECTOR "sectorIdentifierUri"

/* Of a client; all zero: its subjects are the users' ids. */
typedef struct pairwise_rule {
    ost_text sector; /* a host */
    ost_text salt;   /* a secret */
} pairwise_rule;

/* Makes a rule of the mapper's settings: the salt, and the host of `sector_uri`, or, where that is
 * empty, the one host of all redirect URIs (`root_url` stands before those without one; may be
 * NULL). Borrows its texts. False: there is no salt, or no such host. */
OST_MUST_CHECK bool pairwise_rule_make(ost_text salt, ost_text sector_uri, const char *root_url,
                                       const char *const *redirect_uris, pairwise_rule *ret_rule);

/* The user's subject for that client, as Keycloak makes it; in the arena. OST_E_MEMORY,
 * OST_E_CRYPTO. */
OST_MUST_CHECK ost_result pairwise_subject(const pairwise_rule *rule, ost_text user_id,
                                           ost_arena *arena, ost_text *ret_subject);

/* Whether a subject that came back from that client means the user. False also where memory is
 * out. */
bool pairwise_subject_is(const pairwise_rule *rule, ost_text subject, ost_text user_id);

#endif
