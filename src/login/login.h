/* SPDX-License-Identifier: Apache-2.0 */
/* The login session of a browser, kept in cookies alone: OpenID Connect code flow with PKCE
 * (RFC 7636), state and nonce; tokens sealed with AES-256-GCM, so that any number of API nodes
 * share nothing but a secret. Pure but for the provider's endpoints, which are called
 * asynchronously. Any thread may call any function, unless stated. */
#ifndef LOGIN_H
#define LOGIN_H

#include <ostiary/guard.h>

#include "login/login_session.h"

typedef struct login_config {
    const char *issuer;
    const char *discovery_url; /* NULL: from the issuer; endpoints come from discovery */
    const char *client_id;     /* NULL: no browser logs in here, only the endpoints are wanted */
    const char *client_secret; /* NULL: a public client */
    const char *scope;         /* NULL: "openid" */
    const char *redirect_path; /* "/auth" */
    const char *cookie_name;   /* NULL: "ostiary" ("__Host-" is put before it over https) */
    ost_text secret;           /* at least 32 bytes; the same on every node */
    ost_text older_secret; /* opens what was sealed before a rotation, seals nothing; or empty */
    bool insecure_http;    /* plain http to a provider that is not on loopback */
    const char *ca_file;
    ost_guard *guard; /* checks the tokens that a login brings; must outlive the login */
    const ost_context *context;
} login_config;

/* Checks the configuration (OST_E_CONFIG with a sentence) and begins to obtain the provider's
 * endpoints, again and again until it succeeds. Does not wait for them. */
OST_MUST_CHECK ost_result login_new(const login_config *config, login_service **ret_login,
                                    ost_error *error);
/* Ends its thread; every `done` has been called when it returns, provided that the guard has been
 * stopped before (ost_guard_stop): some wait for its keys. Calls are ended after it as well as
 * before, and those that are begun fail. Once. */
void login_stop(login_service *login);
/* The same, unless it has been done, and frees it: no call is left. NULL is fine. */
void login_free(login_service *login);

/* True when the provider's endpoints are known (discovery has succeeded once). */
bool login_is_ready(const login_service *login);

/* Why the provider's endpoints could not be had at the last attempt, as a string; empty when they
 * could. */
void login_trouble(const login_service *login, char ret_why[256]);

/* Where the provider wants browsers and clients to go: for descriptions of the API. Copies, in the
 * arena. OST_E_STATE: not ready. */
OST_MUST_CHECK ost_result login_describe(const login_service *login, ost_arena *arena,
                                         ost_text *ret_authorization, ost_text *ret_token);

/* What a login must achieve beyond a password (RFC 9470). All zero: nothing in particular. */
typedef struct login_demand {
    const char *const *acr_values; /* NULL-terminated, or NULL */
    unsigned max_age;              /* seconds since the password was typed; 0: any */
} login_demand;

/* Sends a browser to the provider. `base` is the API's own origin as the browser sees it
 * ("http://localhost:8000"), `wanted` the path and query to come back to (must be a path of this
 * origin, else "/" is used). `demand` may be NULL. OST_E_STATE: not ready. OST_E_CONFLICT: the
 * browser has only just logged in and came back without its session: it keeps no cookies, and
 * sending it away again would go on for ever. */
OST_MUST_CHECK ost_result login_begin(login_service *login, ost_text base, ost_text wanted,
                                      const login_demand *demand, const login_jar *jar,
                                      ost_arena *arena, login_step *ret_step);

/* OST_E_NOT_FOUND: no cookie; OST_E_FORMAT: not sealed by us, or too old. */
OST_MUST_CHECK ost_result login_open(const login_service *login, ost_text base,
                                     const login_jar *jar, ost_arena *arena,
                                     login_session *ret_session);

/* True when the access token has run out or soon will, and can be refreshed. */
bool login_is_due(const login_service *login, const login_session *session);

/* True when the session's login was so short ago that a new one would change nothing: a token
 * that is refused now was refused by the guard's rules, not by age. */
bool login_is_fresh(const login_service *login, const login_session *session);

/* The asynchronous part: one outcome to be had per `login_call`. `done` is called once, on a
 * background thread, or before the function that was given it returns. */
typedef struct login_call login_call;
typedef void (*login_done)(login_call *call, void *user);

/* Finishes a login: checks the transaction cookie against `state`, exchanges the code, has the
 * guard check the tokens. `query` is the callback's query. When the callback itself is no good, no
 * call is made: OST_E_FORMAT (not a callback), OST_E_STATE (no such login was begun here, or too
 * long ago), OST_E_ISSUER (it comes from another provider), OST_E_REMOTE (the provider says no;
 * the detail is its error code and nothing else), OST_E_BUSY. */
OST_MUST_CHECK ost_result login_finish(login_service *login, ost_text base, ost_text query,
                                       const login_jar *jar, login_done done, void *user,
                                       ost_error *error);

/* Exchanges the refresh token for new tokens. Several requests of one browser share one call, and
 * for some seconds those that come late with the old cookie share its outcome too, so that tabs do
 * not race a provider that takes each refresh token once. */
OST_MUST_CHECK ost_result login_refresh(login_service *login, ost_text base,
                                        const login_session *session, const login_jar *jar,
                                        login_done done, void *user, ost_error *error);

/* The outcome: new cookies (and, after login_finish, the location), and the session they hold.
 * Frees the call. On failure *ret_session is untouched and the step may hold cookies to delete:
 * OST_E_EXPIRED: the provider has ended the session or the code was no good; log in again.
 * OST_E_TIMEOUT, OST_E_REMOTE, OST_E_TLS …: the provider could not be asked; the session is kept.
 * Token errors: what it sent does not prove the login. OST_E_CEILING: too much for cookies. */
OST_MUST_CHECK ost_result login_call_end(login_call *call, ost_arena *arena, login_step *ret_step,
                                         login_session *ret_session, ost_error *error);

/* Deletes the session's cookies and sends the browser to the provider's end-session endpoint with
 * id_token_hint and post_logout_redirect_uri = base + "/" (OpenID Connect RP-Initiated Logout), or
 * to base + "/" when there is none. `session` may be NULL. */
OST_MUST_CHECK ost_result login_end(login_service *login, ost_text base,
                                    const login_session *session, const login_jar *jar,
                                    ost_arena *arena, login_step *ret_step);

#endif
