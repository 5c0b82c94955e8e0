/* SPDX-License-Identifier: Apache-2.0 */
/* The security keys and passkeys of a user, as Keycloak stores them: credentials of the types
 * "webauthn" and "webauthn-passwordless", their parts JSON inside strings. */
#ifndef KEY_CREDENTIAL_H
#define KEY_CREDENTIAL_H

#include "provider/webauthn/webauthn.h"
#include "provider/webauthn/webauthn_policy.h"

typedef struct key_credential {
    const ost_json *list;       /* the user's credentials, each with its id, */
    const ost_json *credential; /* and this one of them */
    ost_text id;                /* of the credential in the user's document */
    ost_text label;             /* empty: none */
    bool readable;              /* if not, nothing is signed by it: */
    ost_text key_id;            /* what the authenticator calls it; bytes */
    ost_text public_key;        /* COSE_Key; bytes */
    ost_text model;             /* its AAGUID, as text; empty: unknown */
    uint64_t counter;           /* the last that is known */
} key_credential;

/* "webauthn", "webauthn-passwordless" */
const char *key_credential_type(webauthn_use use);

/* Those of the user's document for that use, whether they can be read or not; a whole array in the
 * arena. */
OST_MUST_CHECK ost_result key_credentials_read(const ost_json *user, ost_text user_id,
                                               webauthn_use use, ost_arena *arena,
                                               key_credential **ret_list, size_t *ret_count);

/* A key that is registered. */
typedef struct key_device {
    webauthn_use use;
    ost_text id; /* of the credential in the user's document */
    ost_text label;
    webauthn_credential made;
    ost_text transports; /* as the browser tells, with commas between; may be wrong */
    int64_t now_ms;
} key_device;

/* The user with the key behind their others. */
OST_MUST_CHECK ost_result key_credential_add(const ost_json *user, const key_device *device,
                                             ost_arena *arena, const ost_json **ret_user);

/* The user with another counter in that credential. */
OST_MUST_CHECK ost_result key_credential_count_on(const ost_json *user, const key_credential *key,
                                                  uint64_t counter, ost_arena *arena,
                                                  const ost_json **ret_user);

/* An AAGUID as a UUID, in the arena. */
OST_MUST_CHECK ost_result key_model_text(ost_text aaguid, ost_arena *arena, ost_text *ret_text);

#endif
