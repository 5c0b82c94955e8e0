/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody proves who they are by. */
#ifndef FLOW_PROOF_H
#define FLOW_PROOF_H

/* Second factors, a bit each. */
typedef enum realm_factor {
    FACTOR_NONE = 0,
    FACTOR_CODE = 1,     /* a one-time code */
    FACTOR_KEY = 2,      /* a security key */
    FACTOR_RECOVERY = 4, /* a recovery code */
} realm_factor;
#define FACTORS 3 /* at most, that there are */

/* And what comes before them. */
#define PROOF_PASSWORD 8u
#define PROOF_PASSKEY 16u
#define PROOF_ACCOUNT 32u /* of a first login: an account is theirs without another proof */
#define PROOF_FACTORS ((unsigned)FACTOR_CODE | (unsigned)FACTOR_KEY | (unsigned)FACTOR_RECOVERY)

#endif
