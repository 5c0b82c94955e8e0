/* SPDX-License-Identifier: Apache-2.0 */
/* ID tokens that come back as a hint (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). */
#ifndef ID_TOKEN_HINT_H
#define ID_TOKEN_HINT_H

#include "provider/call/call.h"

/* Whom an ID token of this realm was made for, however old it is: an expired one still tells whose
 * session it was. OST_E_TOKEN_TYPE and the like: it is none of ours. */
OST_MUST_CHECK ost_result id_token_hint_read(call *call, ost_text hint,
                                             const ost_claims **ret_claims);

#endif
