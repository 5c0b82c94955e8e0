/* SPDX-License-Identifier: Apache-2.0 */
/* Issuers whose assertions about users are taken for a grant (RFC 7523 §2.1): identity providers of
 * the realm that are configured for it, as Keycloak's JWT authorization grant has them. */
#ifndef TRUSTED_ISSUER_H
#define TRUSTED_ISSUER_H

#include <ostiary/jose.h>

#include "provider/proof/client_key_set.h"

/* Attributes of a client. */
#define ISSUER_GRANT "oauth2.jwt.authorization.grant.enabled"

typedef struct trusted_issuer {
    ost_text alias;         /* of the identity provider */
    ost_text issuer;        /* what its tokens say: exactly this */
    const char *keys_url;   /* where it publishes its keys, which are fetched; NULL: it has brought
                               them along, */
    client_key_set *keys;   /* as a set, */
    ost_keyset *single_key; /* or as one key. Both NULL: nothing that it signs is good. Freed by
                               trusted_issuers_clear */
    ost_text single_kid;    /* that tokens by the one key may name, if they name any; empty: any */
    ost_algs algorithms;    /* that it may sign with; never one with a shared secret */
    int64_t max_lifetime;   /* seconds from an assertion's making that it may be used */
    int64_t leeway;         /* seconds that its clock may be ahead */
    bool reusable;          /* an assertion may be used again, and so needs no jti */
    bool limits_tokens;     /* no access token outlives the assertion that it came of */
} trusted_issuer;

typedef struct trusted_issuers {
    trusted_issuer *list;
    size_t count;
} trusted_issuers;

/* Those among IdentityProviderRepresentations that are enabled, of a kind that issues assertions,
 * configured for it, and have an issuer; the others are left out. Their texts live as long as the
 * representations, the list as long as the arena. */
trusted_issuers trusted_issuers_load(const ost_json *providers, ost_arena *arena);
void trusted_issuers_clear(trusted_issuers *issuers);

/* The one whose tokens say this issuer; NULL: there is none, or several, of which none is meant. */
const trusted_issuer *trusted_issuers_find(const trusted_issuers *issuers, ost_text issuer);

/* Whether a client (ClientRepresentation) takes its assertions. */
bool trusted_issuer_serves(const trusted_issuer *issuer, const ost_json *client);

/* The audience that assertions by it for this client have to name; empty: the realm. False: the
 * client's attribute cannot be read. */
bool trusted_issuer_audience(const trusted_issuer *issuer, const ost_json *client, ost_arena *arena,
                             ost_text *ret_audience);

#endif
