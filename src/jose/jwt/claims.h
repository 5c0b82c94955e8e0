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

/* As ost_claims_read, but a time may also be a text of its digits, "1700000000". That is no
 * NumericDate, but what some clients sign (keystonemiddleware of OpenStack) and Keycloak takes. */
OST_MUST_CHECK ost_result claims_read_digits(ost_text verified_payload, ost_arena *arena,
                                             const ost_claims **ret_claims, ost_error *error);

/* When the token was issued, as it was read; false: it does not say. */
OST_MUST_CHECK bool claims_issued_at(const ost_claims *claims, int64_t *ret_seconds);

/* The steps of ost_claims_check, for who tells them apart; the rules have been checked. In this
 * order: OST_E_ISSUER; OST_E_AUDIENCE; OST_E_EXPIRED, OST_E_NOT_YET, OST_E_CLAIM_MISSING;
 * OST_E_CLAIM_MISSING. */
OST_MUST_CHECK ost_result claims_check_issuer(const ost_claims *claims,
                                              const ost_claims_rules *rules, ost_error *error);
OST_MUST_CHECK ost_result claims_check_audience(const ost_claims *claims,
                                                const ost_claims_rules *rules, ost_error *error);
OST_MUST_CHECK ost_result claims_check_times(const ost_claims *claims,
                                             const ost_claims_rules *rules, int64_t now,
                                             ost_error *error);
OST_MUST_CHECK ost_result claims_check_profile(const ost_claims *claims,
                                               const ost_claims_rules *rules, ost_error *error);

#endif
