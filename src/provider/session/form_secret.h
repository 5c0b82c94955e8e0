/* SPDX-License-Identifier: Apache-2.0 */
/* A secret that is shown to a user once and comes back with their form: the key of a device,
 * recovery codes. That it is one of ours, made for this user in this session, is signed beside it,
 * so that no browser chooses one. */
#ifndef FORM_SECRET_H
#define FORM_SECRET_H

#include "provider/call/call.h"

typedef struct form_secret {
    const char *kind; /* of what; one does not do for another */
    ost_text user, session;
    ost_text text; /* the secret */
} form_secret;

/* What proves it, for as long as a login may take. */
bool form_secret_sign(call *call, const form_secret *secret, ost_text *ret_proof);

/* Whether it was shown; its hash, by which it can be used once. */
bool form_secret_check(call *call, const form_secret *secret, ost_text proof, ost_text *ret_hash);

#endif
