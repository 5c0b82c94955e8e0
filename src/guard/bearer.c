/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the bearer token; see bearer.h. */
#include "guard/bearer.h"

#include "base/text.h"

bearer_outcome bearer_find(const ost_credentials *credentials, ost_text *ret_token)
{
    if (credentials->authorization_count == 0) {
        if (credentials->bearer.data == NULL)
            return BEARER_NONE;
        *ret_token = credentials->bearer;
        return BEARER_TOKEN;
    }
    /* Two fields are two answers to one question, even when one of them is of another scheme. */
    if (credentials->authorization_count > 1 || credentials->authorization == NULL)
        return BEARER_MALFORMED;
    ost_text value = text_trim(credentials->authorization[0]);
    size_t space = text_find(value, ' ', 0);
    ost_text scheme = text_slice(value, 0, space);
    bool dpop = text_equal_ignoring_case(scheme, OST_TEXT("DPoP"));
    if (!dpop && !text_equal_ignoring_case(scheme, OST_TEXT("Bearer")))
        return BEARER_NONE;
    ost_text token = text_trim(text_slice(value, space, value.len));
    if (token.len == 0)
        return BEARER_MALFORMED;
    *ret_token = token;
    return dpop ? BEARER_DPOP : BEARER_TOKEN;
}
