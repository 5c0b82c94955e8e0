/* The login session of a browser, kept in cookies alone: OpenID Connect code flow with PKCE
 * (RFC 7636), state and nonce; tokens sealed with AES-256-GCM, so that any number of API nodes
 * share nothing but a secret. Pure but for the token endpoint's calls, which are asynchronous. */
#ifndef LOGIN_H
#define LOGIN_H

#include <ostiary/guard.h>
#include <ostiary/types.h>

typedef struct login login;

typedef struct login_config {
    const char *issuer;
    const char *discovery_url; /* NULL: from the issuer; endpoints come from discovery */
    const char *client_id;
    const char *client_secret; /* NULL: a public client */
    const char *scope;         /* NULL: "openid" */
    const char *redirect_path; /* "/auth" */
    const char *cookie_name;   /* NULL: "ostiary" ("__Host-" is put before it over https) */
    ost_text secret;           /* at least 32 bytes; the same on every node */
    bool insecure_http;
    const char *ca_file;
    const ost_context *context;
} login_config;

/* A cookie to set; an empty value with max_age 0 deletes it. */
typedef struct login_cookie {
    ost_text name, value;
    int64_t max_age; /* seconds; -1: until the browser is closed */
} login_cookie;
#define LOGIN_COOKIES 12 /* at most so many at once: split cookies, and old pieces to delete */

typedef struct login_step {
    ost_text location; /* where to send the browser */
    login_cookie cookies[LOGIN_COOKIES];
    size_t cookie_count;
} login_step;

OST_MUST_CHECK ost_result login_new(const login_config *config, login **ret_login,
                                    ost_error *ret_error);
void login_free(login *login);

/* True when the provider's endpoints are known (discovery has succeeded once). */
bool login_is_ready(const login *login);

/* Sends a browser to the provider. `base` is the API's own origin as the browser sees it
 * ("http://localhost:8000"), `wanted` the path and query to come back to (must start with one
 * '/', else "/" is used). OST_E_STATE when not ready. */
OST_MUST_CHECK ost_result login_begin(login *login, ost_text base, ost_text wanted, bool secure,
                                      ost_arena *arena, login_step *ret_step);

/* How the login reads request cookies. NULL data when there is none of that name. */
typedef struct login_jar {
    ost_text (*get)(const void *user, const char *name);
    const void *user;
} login_jar;

/* The browser's session as its cookies tell it. Everything lives in the arena. */
typedef struct login_session {
    ost_text access_token;
    ost_text refresh_token;
    ost_text id_token;
    int64_t access_expiry; /* seconds since the epoch */
    size_t pieces;         /* cookies it took */
} login_session;

/* OST_E_NOT_FOUND: no cookie; OST_E_FORMAT: not sealed by us, or too old. */
OST_MUST_CHECK ost_result login_open(login *login, const login_jar *jar, bool secure,
                                     ost_arena *arena, login_session *ret_session);

/* The asynchronous part: one call in flight per `login_call`; `done` is called once, on a
 * background thread. The outcome is taken with login_call_step in the arena of the caller. */
typedef struct login_call login_call;

/* Finishes a login: checks the transaction cookie against `state`, exchanges the code, checks the
 * ID token's nonce. `query` is the callback's query. OST_E_FORMAT, OST_E_STATE and so on at once
 * when the callback itself is no good: no call is made then. */
OST_MUST_CHECK ost_result login_finish(login *login, ost_guard *guard, ost_text base,
                                       ost_text query, const login_jar *jar, bool secure,
                                       void (*done)(login_call *call, void *user), void *user,
                                       ost_error *ret_error);

/* Exchanges the refresh token for new tokens. Several requests of one browser at once share one
 * call (single flight by refresh token). */
OST_MUST_CHECK ost_result login_refresh(login *login, const login_session *session, bool secure,
                                        void (*done)(login_call *call, void *user), void *user,
                                        ost_error *ret_error);

/* The outcome: new cookies (and, after login_finish, the location), and the session they hold. On
 * failure the step deletes the session. Frees the call. */
OST_MUST_CHECK ost_result login_call_end(login_call *call, ost_arena *arena, login_step *ret_step,
                                         login_session *ret_session, ost_error *ret_error);

/* Deletes the session's cookies and sends the browser to the provider's end-session endpoint with
 * id_token_hint and post_logout_redirect_uri = base + "/". `session` may be NULL. */
OST_MUST_CHECK ost_result login_end(login *login, ost_text base, const login_session *session,
                                    const login_jar *jar, bool secure, ost_arena *arena,
                                    login_step *ret_step);

#endif
