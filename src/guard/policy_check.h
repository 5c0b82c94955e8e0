/* What must hold of a verified token's claims: its kind, its client, and the policy of a route.
 * Errors say what was expected and what was seen. */
#ifndef POLICY_H
#define POLICY_H

#include <ostiary/guard.h>

#include "guard/keys/issuer.h"

/* An access token, and no other: by the header's typ, Keycloak's claim typ and the claims that only
 * other kinds have; with `profile` by RFC 9068 alone. OST_E_TOKEN_TYPE. */
OST_MUST_CHECK ost_result policy_check_header_type(ost_text typ, bool profile,
                                                   ost_error *ret_error);
OST_MUST_CHECK ost_result policy_check_token_type(const ost_claims *claims, ost_error *ret_error);

/* The client is in the issuer's list, if there is one. OST_E_CLIENT. */
OST_MUST_CHECK ost_result policy_check_client(const issuer *issuer, const ost_claims *claims,
                                              ost_error *ret_error);

/* The route's own conditions. OST_E_AUDIENCE, OST_E_ALGORITHM, OST_E_CLIENT, OST_E_SCOPE,
 * OST_E_ROLE, OST_E_CLAIM, OST_E_STEP_UP. The sender is sender.h's. */
OST_MUST_CHECK ost_result policy_check(const ost_policy *policy, const ost_claims *claims,
                                       ost_alg alg, int64_t now, unsigned leeway,
                                       ost_error *ret_error);

#endif
