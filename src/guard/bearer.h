/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens in requests: RFC 6750 §2.1, RFC 9449 §7.1. */
#ifndef BEARER_H
#define BEARER_H

#include <ostiary/guard.h>

typedef enum bearer_outcome {
    BEARER_NONE,      /* no credentials of these schemes */
    BEARER_TOKEN,     /* *ret_token is set */
    BEARER_DPOP,      /* the same, by the scheme DPoP */
    BEARER_MALFORMED, /* the request is to be answered 400 */
} bearer_outcome;

/* Where the token is. Its characters are not looked at yet. */
bearer_outcome bearer_find(const ost_credentials *credentials, ost_text *ret_token);

#endif
