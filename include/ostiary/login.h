/* SPDX-License-Identifier: Apache-2.0 */
/* The login session of a browser at an API, for programs that have a server of their own: OpenID
 * Connect's code flow with PKCE (RFC 7636), state and nonce, and a session that is kept in cookies
 * alone, sealed with AES-256-GCM. Programs with the same secret, issuer and client share sessions;
 * those of the API framework (<ostiary/app.h>) are the same. The provider's endpoints are called in
 * the background. */
#ifndef OSTIARY_LOGIN_H
#define OSTIARY_LOGIN_H

#include <ostiary/guard.h>
#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- configuration ---- */

/* Thread-safe. */
typedef struct ost_login ost_login;

/* Everything but the guard and the context is copied. */
typedef struct ost_login_config {
    const char *issuer;        /* required */
    const char *discovery_url; /* NULL: from the issuer; endpoints come from discovery */
    const char *client_id;     /* NULL: no browser signs in here, only the endpoints are wanted */
    const char *client_secret; /* NULL: a public client */
    const char *scope;         /* NULL: "openid" */
    const char *resource;      /* what its access tokens are for, an absolute URI without fragment
                                  (RFC 8707); NULL: not said */
    const char *redirect_path; /* where the provider sends browsers back to: "/auth" */
    const char *cookie_name;   /* NULL: "ostiary" ("__Host-" is put before it over https) */
    ost_text secret;           /* at least 32 bytes; the same on every node */
    ost_text older_secret; /* opens what was sealed before a rotation, seals nothing; or empty */
    bool insecure_http;    /* plain http to a provider that is not on loopback */
    const char *ca_file;   /* PEM of the authorities to trust; NULL: the system's */
    const char *proxy, *no_proxy; /* as of ost_issuer; NULL: none */
    ost_guard *guard;           /* checks the tokens that a login brings; must outlive the login */
    const ost_context *context; /* NULL: the system's; must outlive the login */
} ost_login_config;

/* Checks the configuration and begins to obtain the provider's endpoints, again and again until it
 * succeeds. Does not wait for them. Threads do not survive fork(2): each process makes its own.
 * Errors: OST_E_CONFIG (with a sentence), OST_E_SYSTEM, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_new(const ost_login_config *config,
                                                   ost_login **ret_login, ost_error *error);
/* Ends its thread; every `done` has been called when it returns, provided that the guard has been
 * stopped before (ost_guard_stop): some wait for its keys. Calls are ended after it as well as
 * before, and those that are begun fail. NULL is fine. */
OST_PUBLIC void ost_login_stop(ost_login *login);
/* The same, unless it has been done, and frees it: no call is left. NULL is fine. */
OST_PUBLIC void ost_login_free(ost_login *login);

/* True when the provider's endpoints are known (discovery has succeeded once). Any thread. */
OST_PUBLIC bool ost_login_is_ready(const ost_login *login);

/* Why the provider's endpoints could not be had at the last attempt, as a string; empty when they
 * could. Any thread. */
OST_PUBLIC void ost_login_trouble(const ost_login *login, char ret_why[256]);

/* Where the provider wants browsers and clients to go: for descriptions of the API. Copies, in the
 * arena. Any thread. Errors: OST_E_STATE (not ready), OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_describe(const ost_login *login, ost_arena *arena,
                                                        ost_text *ret_authorization,
                                                        ost_text *ret_token);

/* ---- what browsers bring, and what is done with them ---- */

/* The request's cookies, in the order in which they came. Of two with one name the first counts. */
typedef struct ost_login_pair {
    ost_text name, value;
} ost_login_pair;
typedef struct ost_login_jar {
    const ost_login_pair *pairs;
    size_t count;
} ost_login_jar;
#define OST_LOGIN_PAIRS 1024 /* what comes after so many is left out */

/* Reads every value of the request's Cookie field (RFC 6265 §5.4). Texts borrow from them, the
 * array lives in the arena. Any thread. Errors: OST_E_ARGUMENT (more than OST_LOGIN_PAIRS of them),
 * OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_jar_read(const ost_text *fields, size_t count,
                                                        ost_arena *arena, ost_login_jar *ret_jar);

/* A cookie to set; an empty value with max_age 0 deletes it. */
typedef struct ost_login_cookie {
    ost_text name, value;
    int64_t max_age; /* seconds; -1: until the browser is closed */
} ost_login_cookie;
#define OST_LOGIN_COOKIES 20 /* at most so many at once: split cookies, and old ones to delete */

/* What to do with the browser. */
typedef struct ost_login_step {
    ost_text location; /* where to send it; empty after a refresh */
    ost_login_cookie cookies[OST_LOGIN_COOKIES];
    size_t cookie_count;
} ost_login_step;

/* The value of the Set-Cookie field (RFC 6265 §4.1): HttpOnly, SameSite=Lax, for the whole site,
 * Secure when `base` is https. In the arena. Any thread. Errors: OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_set_cookie(const ost_login_cookie *cookie,
                                                          ost_text base, ost_arena *arena,
                                                          ost_text *ret_field);

/* What a login must achieve beyond a password (RFC 9470). All zero: nothing in particular. */
typedef struct ost_login_demand {
    const char *const *acr_values; /* NULL-terminated, or NULL */
    unsigned max_age;              /* seconds since the password was typed; 0: any */
} ost_login_demand;

/* Sends a browser to the provider. `base` is the API's own origin as the browser sees it
 * ("http://localhost:8000"), `wanted` the path and query to come back to (must be a path of this
 * origin, else "/" is used). `demand` may be NULL. Any thread. Errors: OST_E_STATE (not ready),
 * OST_E_CONFLICT (the browser has only just signed in and came back without its session: it keeps
 * no cookies, and sending it away again would go on for ever), OST_E_ARGUMENT, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_begin(ost_login *login, ost_text base,
                                                     ost_text wanted,
                                                     const ost_login_demand *demand,
                                                     const ost_login_jar *jar, ost_arena *arena,
                                                     ost_login_step *ret_step);

/* ---- sessions ---- */

/* The browser's session as its cookies tell it. Everything lives in the arena. */
typedef struct ost_login_session {
    ost_text access_token;
    ost_text refresh_token; /* empty when the provider gave none */
    ost_text id_token;      /* empty when the provider gave none on refresh, or it was too long */
    int64_t started;        /* the login, in seconds since the epoch */
    int64_t access_expiry;  /* seconds since the epoch */
    int64_t refresh_at;     /* a little before; never when there is no refresh token */
    bool demanded;          /* the login met a demand of ost_login_begin */
} ost_login_session;

/* What it gives has not been checked by a guard: hand the access token to ost_guard_check. Any
 * thread. Errors: OST_E_NOT_FOUND (no cookie), OST_E_FORMAT (not sealed by us, or too old),
 * OST_E_REVOKED (the guard was told that the session is over, <ostiary/logout.h>), OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_open(const ost_login *login, ost_text base,
                                                    const ost_login_jar *jar, ost_arena *arena,
                                                    ost_login_session *ret_session);

/* True when the access token has run out or soon will, and can be refreshed. */
OST_PUBLIC bool ost_login_is_due(const ost_login *login, const ost_login_session *session);

/* True when the session's login was so short ago that a new one would change nothing: a token
 * that is refused now was refused by the guard's rules, not by age. */
OST_PUBLIC bool ost_login_is_fresh(const ost_login *login, const ost_login_session *session);

/* ---- calls to the provider ---- */

/* One outcome to be had. `done` is called once, on a background thread, or before the function that
 * was given it returns; it must not block. */
typedef struct ost_login_call ost_login_call;
typedef void (*ost_login_done)(ost_login_call *call, void *user);

/* Finishes a login: checks the transaction cookie against `state`, exchanges the code, has the
 * guard check the tokens. `query` is the callback's query. `base`, `query` and the jar must live
 * until ost_login_call_end. Any thread. Errors, when the callback itself is no good and no call is
 * made: OST_E_FORMAT (not a callback), OST_E_STATE (no such login was begun here, or too long ago),
 * OST_E_ISSUER (it comes from another provider), OST_E_REMOTE (the provider says no; the detail is
 * its error code and nothing else), OST_E_BUSY, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_finish(ost_login *login, ost_text base,
                                                      ost_text query, const ost_login_jar *jar,
                                                      ost_login_done done, void *user,
                                                      ost_error *error);

/* Exchanges the refresh token for new tokens. Several requests of one browser share one call, and
 * for some seconds those that come late with the old cookie share its outcome too, so that tabs do
 * not race a provider that takes each refresh token once. What is given must live until
 * ost_login_call_end. Any thread. Errors: OST_E_STATE (no refresh token, or not ready),
 * OST_E_ARGUMENT, OST_E_BUSY, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_refresh(ost_login *login, ost_text base,
                                                       const ost_login_session *session,
                                                       const ost_login_jar *jar,
                                                       ost_login_done done, void *user,
                                                       ost_error *error);

/* The outcome: new cookies (and, after ost_login_finish, the location), and the session they hold.
 * Frees the call; once, after `done`. On failure *ret_session is untouched and the step may hold
 * cookies to delete. Errors: OST_E_EXPIRED (the provider has ended the session or the code was no
 * good; sign in again), OST_E_TIMEOUT, OST_E_REMOTE, OST_E_TLS … (the provider could not be asked;
 * the session is kept), those of tokens (what it sent does not prove the login), OST_E_CEILING (too
 * much for cookies). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_call_end(ost_login_call *call, ost_arena *arena,
                                                        ost_login_step *ret_step,
                                                        ost_login_session *ret_session,
                                                        ost_error *error);

/* Deletes the session's cookies and sends the browser to the provider's end-session endpoint with
 * id_token_hint and post_logout_redirect_uri = base + "/" (OpenID Connect RP-Initiated Logout), or
 * to base + "/" when there is none. `session` may be NULL. Any thread. Errors: OST_E_ARGUMENT,
 * OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_login_end(ost_login *login, ost_text base,
                                                   const ost_login_session *session,
                                                   const ost_login_jar *jar, ost_arena *arena,
                                                   ost_login_step *ret_step);

/* ---- what people are told ---- */

/* A page in a sentence or two. Strings are constant. */
typedef struct ost_login_notice {
    int status; /* of HTTP */
    const char *title, *text;
} ost_login_notice;

/* What to tell a person whose login failed with that result of ost_login_finish or
 * ost_login_call_end. `refusal` is the provider's error code, when ost_login_finish itself gave
 * OST_E_REMOTE: its detail (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6); NULL otherwise. Any
 * thread. */
OST_PUBLIC ost_login_notice ost_login_explain(ost_result result, const char *refusal);

#ifdef __cplusplus
}
#endif

#endif
