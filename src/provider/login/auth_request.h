/* SPDX-License-Identifier: Apache-2.0 */
/* An authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1), checked, and how it
 * lives on while the user logs in: signed, in the login form's action, bound to the browser by a
 * cookie. Nothing of it is stored, so a restart loses no login that is under way. */
#ifndef AUTH_REQUEST_H
#define AUTH_REQUEST_H

#include "provider/call/call.h"
#include "provider/flow/flow_limit.h"
#include "provider/login/auth_mode.h"
#include "provider/policy/policy_set.h"

/* Where the parameters come from. */
typedef enum auth_origin {
    AUTH_BROWSER, /* with the browser, as anybody may have made them */
    AUTH_PUSHING, /* from the client itself */
    AUTH_PUSHED,  /* likewise, and they have been read before */
} auth_origin;

typedef struct auth_request {
    auth_origin origin;
    ost_text redirect_uri;
    ost_text response_type, scope, state, nonce;
    bool has_state;
    bool wants_code, wants_token, wants_id_token;
    auth_mode mode;
    ost_text challenge, challenge_method;
    ost_text login_hint;
    ost_text jkt;       /* dpop_jkt: of the key that the tokens are for; empty: nothing is said */
    ost_text resources; /* whom the tokens are for (resource.h); empty: nothing is said */
    ost_text details;   /* authorization_details, JSON; empty: none */
    ost_text user;   /* who has to prove again who they are, by name; empty: anybody may log in */
    ost_text device; /* of a device authorization (RFC 8628), which has no redirect URI: its id; */
    ost_text user_code; /* and its user code, as the device shows it */
    bool prompt_none, prompt_login, prompt_select_account, prompt_consent;
    bool registering;                 /* somebody makes an account first ("create") */
    bool flowed;                      /* a policy chooses the flow, */
    ost_text flow;                    /* by its alias, */
    int64_t flow_level;               /* and what comes of it; below 0: its own level, if any */
    const policy_question *questions; /* that policies have, before anything is done; NULL: none */
    bool acr_proved;       /* an acr is asked for that no session has (acr_level.h); which one of a
                              flow with levels is in call->level */
    bool hinted;           /* somebody's ID token came along: */
    ost_text hint_subject; /* whose; empty: it is none of ours */
    ost_text subject;      /* who alone may be answered for (subject_request.h); empty: anybody */
    ost_text pushed; /* what the request is spent by (pushed_request.h); empty: none was pushed */
    ost_text claims; /* that are asked for by name (requested_claims.h); empty: none */
    int64_t max_age; /* −1: not asked for */
    int64_t fresh_since; /* whoever logs in proves who they are no earlier than then; 0: ever */
    ost_text
        kc_action; /* what the client wants done, by its alias; empty: nothing, or it is over */
    ost_text kc_action_status; /* how it ended: "success", "cancelled", "error" */
    /* While the user is asked for consent, or has something else to do: */
    ost_text session; /* whose user is asked; empty: nobody is */
    ost_text action;  /* what they have to do, by its alias; empty: it is about consent */
    ost_text since;   /* when what it is about was changed last, for actions that may be repeated */
    ost_text shown;   /* what the page names, separated by spaces */
    bool proved;      /* they have proved who they are for this request, */
    bool begun;       /* and the session was begun for it */
    flow_room room;   /* what a session that begins, or the client's part, is held to; */
    bool leveled;     /* they have come through a flow that has levels, */
    int64_t level;    /* up to this one, */
    ost_text levels;  /* and these are in the session once the login is complete, */
    int64_t levels_since; /* as reached then; numbers, separated by spaces */
    ost_text levels_id;   /* of all this, which is worth something once */
    unsigned setup;       /* factors of which they have to set one up for that; 0: none */
    /* While somebody whose password was right has yet to bring a second factor: */
    ost_text half;     /* their id; empty: nobody has; `since`: of the password that was right */
    ost_text half_id;  /* of this attempt, which is completed once */
    int64_t half_ends; /* whatever page is shown again */
    ost_text proofs;   /* what they have brought since then, in words (authentication_flow.h) */
    ost_text stepping; /* the session that they came with, which the flow wants more than; empty:
                          they began without */
    bool remember;     /* the session is to be remembered */
    /* While they are at an identity provider: */
    ost_text upstream;                          /* its alias; empty: they are not */
    ost_text upstream_nonce, upstream_verifier; /* of this way there, which is completed once */
    /* Whom one knows them as, and what is to become of that (upstream_identity.h); empty: they have
     * not come by one. */
    ost_text identity;
    ost_text forwarded; /* parameters of the client's for identity providers, as a form */
} auth_request;

typedef enum auth_check {
    AUTH_GOOD,
    AUTH_PAGE,     /* answer with an error page, never a redirect: call->error.description */
    AUTH_REDIRECT, /* send call->error to the redirect URI */
} auth_check;

/* Reads and checks the parameters in call->form, or those of the request object there, which then
 * take their place; sets call->client. */
auth_check auth_request_read(call *call, auth_origin origin, auth_request *ret_request);

/* Whether somebody may make an account for the request: the realm lets them, and it is not about
 * somebody who has one. */
bool auth_request_lets_register(const call *call, const auth_request *request);

/* The page that a request is sealed for. One does not do for the other. */
typedef enum auth_stage {
    AUTH_STAGE_LOGIN,
    AUTH_STAGE_CODE,
    AUTH_STAGE_REGISTRATION,
    AUTH_STAGE_ACTION,
    AUTH_STAGE_CONSENT,
    AUTH_STAGE_UPSTREAM,
} auth_stage;

/* Whether it was sealed for the stage, as far as the code itself says. */
bool auth_request_is_of(call *call, ost_text code, auth_stage stage);

/* Signs the request for the browser whose cookie is `browser`: without a session for the login
 * form, the page of a one-time code or the registration page, with an action for its page,
 * otherwise for the question for consent. */
bool auth_request_seal(call *call, const auth_request *request, ost_text browser,
                       ost_text *ret_code);

/* The request as a URL of ours, to begin it again. */
ost_text auth_request_url(call *call, const auth_request *request);

typedef enum auth_open {
    AUTH_OPEN_GOOD,
    AUTH_OPEN_INVALID, /* not ours, or of a client that is gone */
    AUTH_OPEN_COOKIE,  /* the browser's cookie is missing or another one: *ret_request is filled */
    AUTH_OPEN_EXPIRED, /* ours, and of this browser, but old: *ret_request is filled */
} auth_open;
auth_open auth_request_open(call *call, ost_text code, auth_stage stage, ost_text browser,
                            auth_request *ret_request);

#endif
