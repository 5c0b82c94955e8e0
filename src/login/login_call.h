/* SPDX-License-Identifier: Apache-2.0 */
/* One call to the token endpoint as login_call.c makes it and login_outcome.c ends it. */
#ifndef LOGIN_CALL_H
#define LOGIN_CALL_H

#include "login/login.h"
#include "login/login_core.h"
#include "login/login_pack.h"
#include "login/login_token_requests.h"

struct login_call {
    login_waiter waiter; /* first: the request calls us by it */
    login_service *login;
    login_done done;
    void *user;
    login_token_request *request;
    ost_arena *arena; /* the transaction's texts */
    ost_text base;
    const login_jar *jar;
    login_transaction transaction; /* of a login */
    const login_session *session;  /* of a refresh; NULL: this is a login */
    const login_endpoints *endpoints;
};

void login_call_free(login_call *call); /* NULL is fine */

#endif
