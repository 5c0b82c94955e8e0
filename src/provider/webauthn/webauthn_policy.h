/* SPDX-License-Identifier: Apache-2.0 */
/* What a realm wants of the security keys of its users (webAuthnPolicy…), and of the passkeys that
 * stand in a password's place (webAuthnPolicyPasswordless…). */
#ifndef WEBAUTHN_POLICY_H
#define WEBAUTHN_POLICY_H

#include <ostiary/json.h>

#define WEBAUTHN_ALGS_MAX 8

typedef enum webauthn_use {
    WEBAUTHN_SECOND_FACTOR,
    WEBAUTHN_PASSWORDLESS,
    WEBAUTHN_USES, /* how many there are */
} webauthn_use;

/* Words are WebAuthn's; empty: nothing is said. Borrows from the realm's document. */
typedef struct webauthn_policy {
    ost_text party_name, rp_id;
    ost_text attestation, attachment, verification;
    ost_text resident; /* "required", "preferred", "discouraged" */
    int64_t algs[WEBAUTHN_ALGS_MAX];
    size_t alg_count;
    int64_t timeout;         /* seconds; 0: the browser's */
    bool once;               /* an authenticator is registered once by a user */
    const ost_json *models;  /* AAGUIDs that may be registered; none: every one */
    const ost_json *origins; /* that answers may come from, beside our own */
    bool verified;           /* who uses the key has to be verified by it */
    bool offered;            /* passkeys: with the password's form, too */
} webauthn_policy;

/* What cannot be understood says nothing; of algorithms ES256 is left then. A passkey that is not
 * said to be used without verification is verified: it stands for a password. */
webauthn_policy webauthn_policy_load(const ost_json *realm, webauthn_use use);

#endif
