/* SPDX-License-Identifier: Apache-2.0 */
/* A browser's login under way: shared by the authorization endpoint and the login form. */
#ifndef BROWSER_LOGIN_H
#define BROWSER_LOGIN_H

#include "provider/login/auth_response.h"
#include "store/store.h"

typedef enum login_outcome {
    LOGIN_PAGE,    /* show the form */
    LOGIN_DONE,    /* send the parameters */
    LOGIN_REFUSED, /* call->error goes to the client */
    LOGIN_BROKEN,  /* an error page: call->error */
} login_outcome;

typedef struct browser_login {
    auth_request request;
    login_outcome outcome;
    auth_parameters parameters;
    store_session session;
    bool new_session;    /* set the identity cookies */
    bool forget_session; /* end them: they name no session that is alive */
    ost_text username;   /* what the form shows */
    ost_text password;
    bool remember;
    const char *alert; /* what the form says; NULL: nothing */
    bool wrong;        /* the alert is about the credentials */
    bool busy;         /* it says that there is too much to do */
} browser_login;

/* Gives the client what it asked for: session and code rows are written, tokens minted. On the
 * pool. */
void browser_login_complete(call *call, const char *acr);

/* Answers by the outcome, on the exchange's loop. */
void browser_login_send(call *call);

#endif
