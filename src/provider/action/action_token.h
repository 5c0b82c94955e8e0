/* SPDX-License-Identifier: Apache-2.0 */
/* What the link of a mail carries: a token that is signed for one realm, one user and one purpose,
 * and counts once. What it is about stands in the store, until it is spent or has expired; the link
 * itself says no more than which it is. */
#ifndef ACTION_TOKEN_H
#define ACTION_TOKEN_H

#include "provider/call/call.h"
#include "provider/session/authentication.h"
#include "provider/upstream/upstream_identity.h"

typedef enum action_purpose {
    ACTION_EXECUTE, /* an administrator wants something done */
    ACTION_VERIFY,  /* that the address is the user's */
    ACTION_RESET,   /* a forgotten password */
    ACTION_PURPOSES,
} action_purpose;

/* "execute-actions" */
const char *action_purpose_name(action_purpose purpose);

typedef struct action_token {
    action_purpose purpose;
    ost_text id; /* of the token; made with it */
    ost_text user, email;
    ost_text client;       /* client_id */
    ost_text redirect_uri; /* where a link leads when everything is done; empty: nowhere */
    ost_text login;        /* the login that it is part of, sealed (auth_request.h); empty: none */
    ost_text actions;      /* aliases, separated by spaces */
    const upstream_identity *links; /* whom its mail is about, too; not of the link; NULL: nobody */
    int64_t password_since;         /* milliseconds: of the password that it is about */
    int64_t expires;
} action_token;

/* Stores it and writes its link. Of one user and purpose `limit` may wait: OST_E_BUSY. */
OST_MUST_CHECK ost_result action_token_make(call *call, action_token *token, size_t limit,
                                            ost_text *ret_link);

/* Reads the token of a link, if it is ours and has been neither spent nor forgotten; changes
 * nothing. OST_E_EXPIRED, OST_E_NOT_FOUND: it was good once, OST_E_STORE and its siblings: nobody
 * knows; anything else: it is none. On the pool. */
OST_MUST_CHECK ost_result action_token_read(call *call, ost_text key, action_token *ret_token);

/* Whether a token that has been read is still good, as above. On the pool. */
OST_MUST_CHECK ost_result action_token_peek(call *call, const action_token *token);

/* The user of a token, as they are now. OST_E_NOT_FOUND: they are gone, OST_E_STATE: disabled,
 * OST_E_EXPIRED: they have another address by now, or what it sets a password for has another one
 * already. On the pool. */
OST_MUST_CHECK ost_result action_token_user(call *call, const action_token *token,
                                            authenticated_user *ret_user);

/* Spends it, once whatever happens. OST_E_NOT_FOUND: somebody has. On the pool. */
OST_MUST_CHECK ost_result action_token_spend(call *call, const action_token *token);

/* The address of the user is theirs, and nothing else of it is to be done. OST_E_CONFLICT: they
 * have been changed meanwhile. On the pool. */
OST_MUST_CHECK ost_result action_token_verify(call *call, const action_token *token);

#endif
