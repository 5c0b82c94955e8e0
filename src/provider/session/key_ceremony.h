/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a browser for a security key, and reading what it answers: what the pages that register
 * keys and those that ask for them have in common. The challenge is made here, and signed in the
 * form beside the answer: for one user, one login and one purpose, until the login is over; it
 * counts once. */
#ifndef KEY_CEREMONY_H
#define KEY_CEREMONY_H

#include "provider/call/call.h"
#include "provider/user/key_credential.h"

typedef struct key_ceremony {
    webauthn_use use;
    bool making;     /* a key is registered; otherwise one is used */
    ost_text user;   /* id; empty: whoever the key says */
    ost_text login;  /* what tells this login from others */
    int64_t expires; /* of a challenge that is made */
} key_ceremony;

/* A challenge (base64url) and the proof that it is ours. False: out of memory or randomness. */
OST_MUST_CHECK bool key_challenge_make(call *call, const key_ceremony *ceremony,
                                       ost_text *ret_challenge, ost_text *ret_proof);

/* Opens the proof in the form's "code", and says what the answer has to be about. False: it is not
 * ours, of something else, or has expired. */
OST_MUST_CHECK bool key_challenge_open(call *call, const key_ceremony *ceremony,
                                       webauthn_ceremony *ret_expected);

/* Uses the challenge up. OST_E_CONFLICT: it has been. On the pool. */
OST_MUST_CHECK ost_result key_challenge_spend(call *call, const webauthn_ceremony *expected);

/* The bytes of a base64url parameter of the form. False: it is missing or something else. */
OST_MUST_CHECK bool key_parameter(call *call, const char *name, ost_text *ret_bytes);

/* Whom browsers know us as. */
ost_text key_party_id(call *call, const webauthn_policy *policy);

/* Writes `name`: the keys, as browsers want them listed. */
void key_put_list(ost_json_writer *writer, const char *name, const key_credential *keys,
                  size_t count, ost_arena *arena);

/* What a browser is asked for to use one of the keys (WebAuthn §5.5), as JSON; of no keys: any that
 * it has for us. */
OST_MUST_CHECK ost_result key_request_options(call *call, const webauthn_policy *policy,
                                              ost_text challenge, const key_credential *keys,
                                              size_t count, ost_text *ret_options);

/* The ceremony of a passkey at a login in this browser (browser_id), of whomever the passkey says;
 * and what the browser is asked for then, with the proof of its challenge. False: out of memory or
 * randomness. On the exchange's loop too. */
OST_MUST_CHECK bool key_passkey_begin(call *call, ost_text browser, key_ceremony *ret_ceremony);
OST_MUST_CHECK bool key_passkey_ask(call *call, ost_text browser, ost_text *ret_options,
                                    ost_text *ret_proof);

#endif
