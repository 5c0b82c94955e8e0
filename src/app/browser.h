/* SPDX-License-Identifier: Apache-2.0 */
/* What is particular to browsers: their cookies, the origin they see, and whether a request is a
 * person's wish to see a page. */
#ifndef BROWSER_H
#define BROWSER_H

#include "app/config/settings.h"
#include "http/http.h"
#include <ostiary/login.h>

/* The browser's side of one request. */
typedef struct browser_side {
    login_place place; /* the origin it sees; without a base: it cannot be told safely */
    ost_login_jar jar;
    ost_login_session session;
    bool has_session;
    bool refreshed;     /* the session was refreshed for this request, or that was tried */
    ost_result renewal; /* how that went */
} browser_side;

/* The origin of this API as the browser sees it ("https://api.example.org"): the configured one, or
 * Host's when that is this machine. Host is the client's to choose: of another name it is not
 * believed, and the text is empty. In the arena. */
ost_text browser_base(const app_settings *settings, const http_request *request, ost_arena *arena);

/* Where its session counts: at that origin, or, in a program of several, where that says. Without a
 * base where it cannot be told. Good until the exchange is over. */
login_place browser_place(const app_settings *settings, http_exchange *exchange);

/* The request's cookies (RFC 6265 §5.4). At most OST_LOGIN_PAIRS of them. */
OST_MUST_CHECK ost_result browser_cookies(const http_request *request, ost_arena *arena,
                                          ost_login_jar *ret_jar);

/* A top-level navigation: GET, of a browser's own (Sec-Fetch-Mode, Sec-Fetch-Dest; Fetch Metadata)
 * or, from browsers that do not say, one that accepts HTML; and no Authorization. */
bool browser_navigates(const http_request *request);

/* True when the request comes from a page of this API, by Sec-Fetch-Site or else by Origin. A
 * request that says neither is not believed. */
bool browser_is_same_origin(const http_request *request, ost_text base);

/* The path and query of the request, as a URL has them. In the arena; empty without memory. */
ost_text browser_target(const http_request *request, ost_arena *arena);

/* Sets the step's cookies: HttpOnly, SameSite=Lax, for all paths, Secure over https. */
OST_MUST_CHECK ost_result browser_set_cookies(http_exchange *exchange, const login_place *place,
                                              const ost_login_step *step);

#endif
