/* SPDX-License-Identifier: Apache-2.0 */
/* Taking tokens back from outside; see <ostiary/guard.h>. */
#include "base/text.h"
#include "guard/guard_state.h"

ost_result ost_guard_revoke(ost_guard *guard, const ost_revocation *revocation)
{
    size_t index = 0;
    if (guard == NULL || revocation == NULL)
        return OST_E_ARGUMENT;
    if (revocation->issuer == NULL && guard->issuer_count != 1)
        return OST_E_ARGUMENT;
    while (revocation->issuer != NULL && index < guard->issuer_count &&
           !text_is(text_of(revocation->issuer), guard->issuers[index]->source.name))
        index++;
    if (index == guard->issuer_count)
        return OST_E_ISSUER;
    return revocations_add(guard->issuers[index]->revocations, revocation, ost_now(guard->context));
}
