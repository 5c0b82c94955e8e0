/* SPDX-License-Identifier: Apache-2.0 */
/* Who a request comes from; see <ostiary/guard.h>. */
#include "base/text.h"
#include "guard/claims_lookup.h"
#include "guard/guard_state.h"

const ost_claims *ost_identity_claims(const ost_identity *identity)
{
    return identity != NULL ? identity->claims : NULL;
}

ost_text ost_identity_subject(const ost_identity *identity)
{
    return ost_claims_subject(ost_identity_claims(identity));
}

ost_text ost_identity_issuer(const ost_identity *identity)
{
    return ost_claims_issuer(ost_identity_claims(identity));
}

ost_text ost_identity_client(const ost_identity *identity)
{
    return claims_client(ost_identity_claims(identity));
}

ost_text ost_identity_username(const ost_identity *identity)
{
    return ost_claims_text(ost_identity_claims(identity), "preferred_username");
}

bool ost_identity_has_scope(const ost_identity *identity, const char *scope)
{
    return claims_have_scope(ost_identity_claims(identity), text_of(scope));
}

bool ost_identity_has_realm_role(const ost_identity *identity, const char *role)
{
    return claims_have_realm_role(ost_identity_claims(identity), text_of(role));
}

bool ost_identity_has_client_role(const ost_identity *identity, const char *client,
                                  const char *role)
{
    return claims_have_client_role(ost_identity_claims(identity), text_of(client), text_of(role));
}
