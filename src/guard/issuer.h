/* SPDX-License-Identifier: Apache-2.0 */
/* One trusted issuer: its configuration, its keys, and what else is asked of it. Issuers share
 * nothing with each other. */
#ifndef ISSUER_H
#define ISSUER_H

#include <ostiary/guard.h>

#include "guard/introspection/introspector.h"
#include "guard/keys/key_source.h"
#include "guard/status/revocations.h"
#include "guard/status/status_lists.h"
#include "guard/tenants.h"
#include "net/net.h"

#define ISSUER_LISTS 32 /* audiences, clients: at most so many each */

typedef struct issuer {
    key_source source; /* its name, its keys, and how it is reached */
    char *audiences[ISSUER_LISTS];
    char *clients[ISSUER_LISTS];
    size_t audience_count, client_count;
    tenants tenants;
    bool insecure_any_audience, access_token_profile, client_is_audience;
    introspector *introspector; /* NULL: off */
    status_lists *status_lists; /* NULL: off */
    revocations *revocations;   /* the guard's to make; NULL until then */
} issuer;

/* Copies and checks the configuration; keys come later. OST_E_CONFIG with a sentence. */
OST_MUST_CHECK ost_result issuer_new(const ost_issuer *config, const ost_context *context,
                                     net_client *net, issuer **ret_issuer, ost_error *error);
/* Frees it; the net client has been freed before, so that nothing of it runs. NULL is fine. */
void issuer_free(issuer *issuer);

/* The `iss` of a token is this issuer, or one of its tenants, by the token's `tid`. OST_E_ISSUER.
 */
OST_MUST_CHECK ost_result issuer_check_name(const issuer *issuer, ost_text iss, const ost_json *tid,
                                            ost_error *error);

/* It can judge tokens: it has keys that may be used, and knows whom to ask if it has to. */
bool issuer_is_ready(issuer *issuer);

/* The token's client is in the issuer's list, if there is one. OST_E_CLIENT. */
OST_MUST_CHECK ost_result issuer_check_client(const issuer *issuer, const ost_claims *claims,
                                              ost_error *error);

#endif
