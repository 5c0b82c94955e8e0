/* SPDX-License-Identifier: Apache-2.0 */
/* The two ceremonies of Web Authentication (Level 2) at the relying party: a credential that is
 * made (§7.1), and one that is used (§7.2). Pure: who keeps challenges, users and credentials is
 * somebody else. */
#ifndef WEBAUTHN_H
#define WEBAUTHN_H

#include <ostiary/json.h>

#include "provider/webauthn/authenticator_data.h"

#define WEBAUTHN_CHALLENGE_LEN 43 /* characters: 32 bytes in base64url */
#define WEBAUTHN_MAX_BYTES 65536  /* of each part of an answer */

/* What an answer has to be about. All empty: none is right. */
typedef struct webauthn_ceremony {
    ost_text challenge; /* base64url, as it was sent */
    ost_text rp_id;
    ost_text origin;               /* of the page that asked, "https://id.example.org" */
    const ost_json *extra_origins; /* others that may have, strings; NULL: none */
    bool verified;                 /* the user has to be verified */
} webauthn_ceremony;

typedef struct webauthn_registration {
    ost_text client_data; /* bytes, not base64url; likewise: */
    ost_text attestation_object;
    const int64_t *algs; /* that were asked for: COSE's numbers */
    size_t alg_count;
} webauthn_registration;

typedef struct webauthn_credential {
    ost_text id, public_key; /* bytes */
    ost_text aaguid;
    uint32_t counter;
    ost_text format; /* of its attestation: "none", "packed" */
} webauthn_credential;

/* Checks what an authenticator answered to "create". Attestations: `none`, and `packed` by the
 * credential's own key; those that name a maker by its certificate find no trust anchor here.
 * OST_E_FORMAT: it cannot be read; OST_E_UNSUPPORTED: an attestation or algorithm that is not
 * taken; OST_E_SIGNATURE; OST_E_STATE: another challenge, origin or party, or without the user;
 * OST_E_MEMORY, OST_E_CRYPTO. Borrows from the parts and the arena. */
OST_MUST_CHECK ost_result webauthn_register(const webauthn_ceremony *ceremony,
                                            const webauthn_registration *registration,
                                            ost_arena *arena, webauthn_credential *ret_credential,
                                            ost_error *error);

typedef struct webauthn_assertion {
    ost_text client_data, authenticator_data, signature; /* bytes */
    ost_text public_key;                                 /* of the credential that is used; bytes */
    uint64_t counter;                                    /* that is known of it */
} webauthn_assertion;

/* Checks what an authenticator answered to "get", by a credential that the caller has found by its
 * id. OST_E_CONFLICT: the counter went back or stood still, so there may be a copy of the key;
 * others as above. *ret_counter: what is known from now on. */
OST_MUST_CHECK ost_result webauthn_assert(const webauthn_ceremony *ceremony,
                                          const webauthn_assertion *assertion, ost_arena *arena,
                                          uint64_t *ret_counter, ost_error *error);

#endif
