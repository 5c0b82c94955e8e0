/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of token it is: an API takes access tokens, and no ID, refresh or logout tokens. Errors
 * say what was expected and what was seen. */
#ifndef TOKEN_KIND_H
#define TOKEN_KIND_H

#include <ostiary/jose.h>

/* By the header's typ; with `profile` by RFC 9068 alone. OST_E_TOKEN_TYPE. */
OST_MUST_CHECK ost_result token_kind_check_header(ost_text typ, bool profile, ost_error *error);

/* By Keycloak's claim typ, and by the claims that only other kinds have. OST_E_TOKEN_TYPE. */
OST_MUST_CHECK ost_result token_kind_check_claims(const ost_claims *claims, ost_error *error);

#endif
