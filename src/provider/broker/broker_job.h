/* SPDX-License-Identifier: Apache-2.0 */
/* A login by an identity provider, from the browser's return to the end. */
#ifndef BROKER_JOB_H
#define BROKER_JOB_H

#include "provider/login/browser_login.h"
#include "provider/upstream/upstream_enter.h"
#include "provider/upstream/upstream_fetch.h"
#include "provider/upstream/upstream_identity.h"
#include "store/user/user_record.h"

typedef struct broker_job {
    browser_login login; /* first: it is the call's job for the rest of the login too */
    const upstream *upstream;
    upstream_question question;
    ost_text nonce, verifier; /* of the way there */
    ost_text code;
    ost_text id_token, access_token;
    const ost_json *tokens;     /* all that its token endpoint has answered */
    const ost_claims *claims;   /* of the ID token, judged */
    const ost_json *access;     /* of a Keycloak's access token, likewise; NULL: none */
    const ost_json *userinfo;   /* NULL: none */
    upstream_identity identity; /* whom it knows them as */
    ost_text username;          /* of a user whom it makes, by a mapper; empty: none says it */
    const char *why;            /* what is wrong, for the log */
    bool denied;                /* the user has said no there */
    ost_text silence;           /* its error of prompt=none, which is the client's too */
    bool newcomer;              /* the user has just been made */
    bool ended;                 /* the link has been made, or not; and the login goes on */
    const char *link_error;     /* why it has not, for a client that began it; NULL: it has */
} broker_job;

/* The login form again, with the alert; `error`: Keycloak's word in the event; NULL: it is none. */
bool broker_refuse(call *call, const char *alert, const char *error);
/* Likewise with BROKER_FAILED; `why`: for the log, in the arena or a literal. */
bool broker_fail(call *call, const char *why);

/* Writes the token request (RFC 6749 §4.1.3) into job->question. On the pool. */
bool broker_exchange_write(call *call);
/* Takes its answer: job->tokens, job->id_token, job->access_token. */
bool broker_exchange_read(call *call);
/* The same for tokens that are asked for by a refresh token (RFC 6749 §6). */
bool broker_refresh_write(call *call, ost_text refresh_token);
bool broker_refresh_read(call *call);

/* What is kept of job->tokens, in the arena: with when the access token is over. OST_E_CEILING: it
 * is too long. */
OST_MUST_CHECK ost_result broker_kept_text(call *call, ost_text *ret_text);
/* Keeps them for the user, if the provider's are kept; `linked` false: the link waits for a proof.
 * A login does not fail of it. On the pool. */
void broker_keep(call *call, ost_text user_id, bool linked);

/* The keys of its provider, as far as they are at hand; NULL: they are not. */
const ost_keyset *broker_keys(call *call, const upstream *upstream);

/* Judges job->id_token, once its provider's keys are at hand: job->claims, job->access. */
bool broker_token_check(call *call);
/* Takes the answer of userinfo. */
bool broker_userinfo_read(call *call);

/* A claim by its path, of whichever of the three documents has it; NULL: none has. */
const ost_json *broker_claim(const call *call, ost_text path);
ost_text broker_claim_text(const call *call, const char *name);

/* Finds or makes the user, and goes on with their login: the outcome is set. On the pool. */
void broker_user_log_in(call *call);
/* Brings login->user up to date by what the provider says, as far as the realm wants that; nothing
 * fails of it. On the pool. */
void broker_user_update(call *call);
/* The same for the owner of an account who has yet to show that it is theirs: it waits in the
 * identity until then. `document`: theirs. False: no memory. */
bool broker_user_carry_update(call *call, const store_user *owner, const ost_json *document);

/* A new user's document with the actions that are required of them: what the provider has not said,
 * or not well, they say themselves, as the flow of first logins wants it. */
OST_MUST_CHECK ost_result broker_ask_for_rest(call *call, const ost_json **document);

/* An address that is one, in small letters; empty: none. Whether it counts as verified here, and
 * who has an address or a name already, beside `own_id`. */
ost_text broker_person_email(call *call);
bool broker_person_is_verified(const call *call);
OST_MUST_CHECK ost_result broker_person_find(call *call, ost_text name, bool or_email,
                                             ost_text own_id, store_user *ret_user);
/* The user's document with the names that the provider says. */
OST_MUST_CHECK ost_result broker_person_put_names(call *call, const ost_json **document);

/* Fills job->identity by what the provider says. */
void broker_identity_read(call *call);

/* Whether somebody who is signed in has been there to link an account; by which providers that
 * is done. */
bool broker_links(const call *call);
const upstream *broker_linkable(const call *call, ost_text alias);
/* Links the account of job->claims, or gives it up, and completes the login: the outcome is set. On
 * the pool. */
void broker_link(call *call);
void broker_link_fail(call *call);
/* Goes back to a client that began the link by itself; false: it did not, or it is not at its end.
 * And with a word of what went wrong (NULL: nothing). */
bool broker_link_send(call *call);
void broker_link_tell(call *call, const char *error);

/* What the mappers make of the claims: the user's document with it. `newcomer`: they are being
 * made. */
OST_MUST_CHECK ost_result broker_mappers_apply(call *call, bool newcomer,
                                               const ost_json **document);
/* What they add to the session's notes, a JSON object; empty: nothing. */
OST_MUST_CHECK ost_result broker_mappers_note(call *call, bool newcomer, ost_text *ret_notes);
/* Names by templates of theirs: job->username, and the identity's name there. */
OST_MUST_CHECK ost_result broker_mappers_name(call *call);

#endif
