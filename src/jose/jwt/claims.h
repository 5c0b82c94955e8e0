/* SPDX-License-Identifier: Apache-2.0 */
/* The registered claims of a verified token, read once. */
#ifndef CLAIMS_H
#define CLAIMS_H

#include <ostiary/jose.h>

typedef struct claims_time {
    int64_t seconds; /* whole ones; a fraction is dropped */
    bool given;
} claims_time;

struct ost_claims {
    const ost_json *json;
    const ost_json *audience; /* a string, or an array of strings; NULL: none */
    ost_text issuer, subject; /* empty: none */
    claims_time expires, not_before, issued;
};

#endif
