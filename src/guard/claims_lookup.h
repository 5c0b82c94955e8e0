/* SPDX-License-Identifier: Apache-2.0 */
/* What Keycloak and RFC 9068 put into the claims of an access token: client, scopes, roles. */
#ifndef CLAIMS_LOOKUP_H
#define CLAIMS_LOOKUP_H

#include <ostiary/jose.h>

/* The client the token was issued to: the first that is there of azp, client_id (RFC 9068), cid
 * (Okta) and appid (Entra v1); empty when none is, or that one is not a string. */
ost_text claims_client(const ost_claims *claims);

/* By scope (RFC 9068 §2.2.3); where that is not there, by scp: a list with blanks (Entra) or an
 * array (Okta). */
bool claims_have_scope(const ost_claims *claims, ost_text scope);
/* What it was looked for in, for messages; as long as the claims. */
ost_text claims_scopes_shown(const ost_claims *claims);
bool claims_have_realm_role(const ost_claims *claims, ost_text role);
bool claims_have_client_role(const ost_claims *claims, ost_text client, ost_text role);

#endif
