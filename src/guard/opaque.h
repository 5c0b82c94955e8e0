/* SPDX-License-Identifier: Apache-2.0 */
/* Which tokens are asked about, and whom: by configuration, never by what a token claims. */
#ifndef OPAQUE_H
#define OPAQUE_H

#include "guard/guard_state.h"

/* At most one issuer without a token prefix, and no prefix that begins another. OST_E_CONFIG. */
OST_MUST_CHECK ost_result opaque_check_issuers(const ost_guard *guard, ost_error *error);

/* True when the token is nothing that the guard could judge by itself: the issuer to ask about it
 * is then in *ret_issuer. */
bool opaque_find(const ost_guard *guard, ost_text token, size_t *ret_issuer);

#endif
