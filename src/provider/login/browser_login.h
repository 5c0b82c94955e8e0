/* SPDX-License-Identifier: Apache-2.0 */
/* A browser's login under way: shared by the authorization endpoint and the login form. */
#ifndef BROWSER_LOGIN_H
#define BROWSER_LOGIN_H

#include "provider/login/auth_response.h"
#include "store/store.h"

typedef enum login_outcome {
    LOGIN_PAGE,    /* show the form */
    LOGIN_ASK,     /* ask for consent */
    LOGIN_AGAIN,   /* begin the request again: whom it was about is not there any more */
    LOGIN_DONE,    /* send the parameters */
    LOGIN_REFUSED, /* call->error goes to the client */
    LOGIN_BROKEN,  /* an error page: call->error */
} login_outcome;

typedef struct browser_login {
    auth_request request;
    auth_check check; /* of it */
    login_outcome outcome;
    auth_parameters parameters;
    store_session session;
    bool new_session;    /* set the identity cookies */
    bool agreed;         /* to what a device asks for */
    bool begun;          /* the session was not there before this login */
    bool forget_session; /* end them: they name no session that is alive */
    ost_text username;   /* what the form shows */
    ost_text password;
    bool remember;
    const char *alert; /* what the form says; NULL: nothing */
    bool wrong;        /* the alert is about the credentials */
    bool busy;         /* it says that there is too much to do */
} browser_login;

/* Gives the client what it asked for: session and code rows are written, tokens minted; unless the
 * user has to consent first. `proved`: they have just proved who they are, rather than come with a
 * session. On the pool. */
void browser_login_complete(call *call, bool proved);

/* Completes with the browser's session, if that serves the request, or has the outcome that
 * somebody logs in first. On the pool; the latter alone anywhere. */
void browser_login_by_session(call *call);
void browser_login_ask(call *call);

/* Opens a request that was sealed for the login form, or for the question for consent. What is
 * neither AUTH_OPEN_GOOD nor AUTH_OPEN_EXPIRED has been answered with a page. */
auth_open browser_login_open(call *call, ost_text code, bool consent);

/* The address of ours, below the realm, with the request in its query. */
ost_text browser_login_address(call *call, const char *path, ost_text code);
/* Whom people go on to. */
ost_text browser_login_client_name(const call *call);

/* Answers by the outcome, on the exchange's loop. */
void browser_login_send(call *call);

#endif
