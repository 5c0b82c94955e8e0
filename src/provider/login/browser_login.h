/* SPDX-License-Identifier: Apache-2.0 */
/* A browser's login under way: shared by the authorization endpoint and the login form. */
#ifndef BROWSER_LOGIN_H
#define BROWSER_LOGIN_H

#include "provider/login/auth_response.h"
#include "provider/session/authentication.h"
#include "provider/session/authentication_flow.h"
#include "store/grant/store_code.h"
#include "store/session/store_session.h"

typedef enum login_outcome {
    LOGIN_PAGE,     /* show the form */
    LOGIN_AWAY,     /* go to the identity provider `hint` */
    LOGIN_REGISTER, /* go to the registration page */
    LOGIN_FACTOR,  /* go to the page of a second factor, which the flow asks for beside a session */
    LOGIN_ACT,     /* show the page of a required action */
    LOGIN_ASK,     /* ask for consent */
    LOGIN_AGAIN,   /* begin the request again: whom it was about is not there any more */
    LOGIN_DONE,    /* send the parameters */
    LOGIN_DENIED,  /* an error page: the flow does not let them in; `denial` */
    LOGIN_REFUSED, /* call->error goes to the client */
    LOGIN_BROKEN,  /* an error page: call->error */
} login_outcome;

/* What is left to be done has no page here. */
#define LOGIN_BARRED "Account is not fully set up, contact your administrator."

typedef struct browser_login {
    auth_request request;
    auth_check check; /* of it */
    login_outcome outcome;
    event_type refused_as; /* what a refusal is told as: a login's, or that of an action */
    auth_parameters parameters;
    store_session session;
    authenticated_user user;      /* whose session it is */
    bool new_session;             /* set the identity cookies */
    bool newcomer;                /* who comes wants to make an account first */
    bool agreed;                  /* to what a device, or a request with details, asks for */
    struct intent_check *intents; /* that are asked about (intent_check.h); NULL: none */
    bool came;                    /* they have come with a session, and proved nothing */
    bool begun;                   /* the session was not there before this login */
    bool forget_session;          /* end them: they name no session that is alive */
    ost_text username;            /* what the form shows */
    ost_text password;
    bool by_passkey; /* they came by one, without a password */
    bool remember;
    const upstream *hint;   /* by which they are to log in; NULL: none is named */
    const char *alert;      /* what the form says; NULL: nothing */
    bool wrong;             /* the alert is about the credentials */
    bool busy;              /* it says that there is too much to do */
    ost_text denial;        /* what the flow says to those whom it denies; empty: the usual */
    bool too_many_sessions; /* for they have too many sessions */
    bool asks_code;         /* the page of a second factor is shown instead (code_step.h): */
    unsigned factors;       /* that will do there; */
    ost_text factor_type;   /* as the page's address has it: */
    realm_factor factor;    /* the factor that the page is about, */
    bool chooses_factor;    /* unless another is chosen on it */
} browser_login;

/* What is executed at the address of a login, when it is a passkey that is asked for. */
#define PASSKEY_STEP "webauthn-authenticator-passwordless"

/* Whether who has forgotten a password may have a mail. */
bool browser_login_may_reset(const call *call);

/* Whether the user has to see what is asked for, whatever they have granted before. */
bool browser_login_is_unasked(const call *call);

/* The next step of login->user: a required action, consent, or what the client asked for, for which
 * session and code rows are written and tokens minted. `proved`: they have just proved who they
 * are, rather than come with a session. On the pool. */
void browser_login_complete(call *call, bool proved);

/* Writes what login->session begins with: itself where it is new, and the client's `part` (NULL:
 * none yet) with its `code` (NULL: none), within the limits of the flow. False: the call is
 * refused, or denied by those (LOGIN_DENIED). On the pool. */
bool browser_login_keep(call *call, const store_client_session *part, const store_code *code);

/* Completes with the browser's session, if that serves the request, or has the outcome that
 * somebody logs in first. On the pool; the latter alone anywhere. */
void browser_login_by_session(call *call);
void browser_login_ask(call *call);

/* Begins the session of somebody who has proved who they are, unless the browser has one of theirs;
 * somebody else's ends. False: whether it has cannot be known, or it cannot be ended, and the login
 * breaks off. On the pool. */
bool browser_login_choose_session(call *call, ost_text user_id);

/* login->user has proved who they are: links the account at an identity provider that waits for
 * that, begins their session, and completes. On the pool. */
void browser_login_enter(call *call);
/* The earliest moment at which whoever logs in may have proved who they are; 0: any will do. */
int64_t browser_login_fresh_since(const call *call, const auth_request *request);

/* login->user has yet to bring a second factor: what is known of them is in the request from here
 * on. False: the outcome is set. And what stands there for the password that was right. */
bool browser_login_begin_half(call *call);
ost_text browser_login_since(call *call);

/* The flow lets nobody in who is like login->user: with its own words, or because it cannot be gone
 * through. */
void browser_login_deny(call *call, const flow_verdict *verdict);

/* Takes the levels of authentication that somebody has reached into the request. False: one is
 * essential that they have not, and the outcome is set. On the pool. */
bool browser_login_take_levels(call *call, const flow_verdict *verdict);
/* At the end, once: nothing is missing of them, and the session has them from here on. False: the
 * outcome is set. On the pool. */
bool browser_login_spend_levels(call *call);

/* The last step. `proved`: as above. */
void browser_login_give(call *call, bool proved);

/* Whether login->user may link accounts, and the client in their name, by the request's scope:
 * whom the account lets manage them. */
bool browser_login_may_link(call *call);

/* The session that a page was shown in, and its user: who has logged in or out since begins again.
 * False: the outcome is set. On the pool. */
bool browser_login_load_user(call *call);
/* The outcome is that there is too much to do. */
void browser_login_break(call *call);
/* Nothing is left of a session that was begun for what is refused. On the pool. */
void browser_login_undo(call *call);

/* Begins a page of a login at an address of its own: a job of that size, the query as the form, and
 * the client, before `next` opens the request. */
void browser_login_begin(http_exchange *exchange, void *user, size_t job_size,
                         void (*next)(call *call));
/* Opens a request that was sealed for this page. False: it cannot go on, and has been answered. */
bool browser_login_open(call *call, ost_text code, auth_stage stage);

/* The address of ours, below the realm, with the request in its query. */
ost_text browser_login_address(call *call, const char *path, ost_text code);
/* Whom people go on to. */
ost_text browser_login_client_name(call *call);

/* Shows the form on which people sign in. On the exchange's loop. */
void browser_login_show(call *call);
/* Answers by the outcome, on the exchange's loop. */
void browser_login_send(call *call);

#endif
