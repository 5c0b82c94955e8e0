/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the login share; nobody else includes it. */
#ifndef LOGIN_CORE_H
#define LOGIN_CORE_H

#include "login/login_place.h"
#include "login/login_provider.h"
#include "login/login_seal.h"
#include <ostiary/guard.h>

#include "base/text.h"
#include "login/login_token_requests.h"
#include "net/net.h"
#include <ostiary/login.h>

#define LOGIN_TRANSACTION_SECONDS 600 /* from the redirect to the provider until the callback */
#define LOGIN_MARK_SECONDS                                                                         \
    15 /* for so long a browser that comes without its session is suspect                          \
        */
#define LOGIN_FRESH_SECONDS 30

struct ost_login {
    char *issuer;
    char *client_id;
    char *client_secret;
    char *scope;
    char *resource; /* NULL: not said */
    char *redirect_path;
    char *cookie_name;
    char *ca_file, *proxy, *no_proxy;
    bool insecure_http;
    ost_guard *guard;
    const ost_context *context;
    login_seal sessions;
    login_seal transactions;
    net_client *net;
    login_provider *provider;
    login_token_requests *requests;
};

/* What tokens of a login at this place are for; NULL: nothing is named. */
static inline const char *login_resource_at(const ost_login *login, const login_place *place)
{
    return place->resource != NULL ? place->resource : login->resource;
}

/* Which client signs in at this place. Borrowed from both. */
static inline login_client login_client_at(const ost_login *login, const login_place *place)
{
    const login_client own = {
        .id = login->client_id,
        .secret = login->client_secret,
        .redirect_path = login->redirect_path,
    };
    return place->client != NULL ? *place->client : own;
}

/* The cookie that says for some seconds that a login has just ended here. */
ost_text login_mark_of(ost_text cookie, ost_arena *arena);

#endif
