/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a logout token of a JWT (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6). */
#ifndef LOGOUT_CLAIMS_H
#define LOGOUT_CLAIMS_H

#include <ostiary/jose.h>

#define LOGOUT_AGE_MAX 600 /* seconds since its iat: nobody needs it for longer */

/* What is over. */
typedef struct logout_claims {
    ost_text sid, sub; /* one of them may be empty */
    ost_text jti;
    int64_t iat;
    int64_t until; /* from this second on it is refused by its age anyway, but for the leeway */
} logout_claims;

/* The header's typ: "logout+jwt", "JWT", or none. OST_E_TOKEN_TYPE. */
OST_MUST_CHECK ost_result logout_claims_check_type(ost_text typ, ost_error *error);

/* Of claims whose signature, iss, aud and times have been checked. OST_E_TOKEN_TYPE: it is another
 * kind of token; OST_E_CLAIM_MISSING, OST_E_CLAIM_TYPE. Texts are borrowed. */
OST_MUST_CHECK ost_result logout_claims_read(const ost_claims *claims, logout_claims *ret_claims,
                                             ost_error *error);

#endif
