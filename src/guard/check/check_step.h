/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the check of a request, in the order in which they are told. */
#ifndef CHECK_STEP_H
#define CHECK_STEP_H

typedef enum check_step {
    STEP_SIZE,
    STEP_DECRYPTION, /* of encrypted tokens */
    STEP_FORM,
    STEP_ALGORITHM,
    STEP_HEADER,
    STEP_KEY,
    STEP_SIGNATURE,
    STEP_INTROSPECTION, /* of tokens that the issuer is asked about */
    STEP_ISSUER,
    STEP_AUDIENCE,
    STEP_TIME,
    STEP_REVOCATION, /* what ost_guard_revoke was told */
    STEP_TYPE,
    STEP_CLIENT,
    STEP_SENDER,
    STEP_POLICY,
    STEP_STATUS, /* of tokens that name a status list */
    CHECK_STEPS,
} check_step;

/* "size", "decryption", …; NULL of CHECK_STEPS. */
const char *check_step_name(check_step step);

#endif
