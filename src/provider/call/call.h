/* SPDX-License-Identifier: Apache-2.0 */
/* One request to an endpoint of a realm: what every endpoint needs, in the exchange's arena. */
#ifndef CALL_H
#define CALL_H

#include <ostiary/jose.h>

#include "base/buffer.h"
#include "guard/bearer.h"
#include "http/http.h"
#include "provider/call/provider_state.h"

/* The error of an OAuth answer, or of a redirect. */
typedef struct call_error {
    int status;              /* 0: no error */
    const char *error;       /* "invalid_grant" */
    const char *description; /* NULL: none */
} call_error;

/* What is known of an event by the time that it is told (call_event.h). */
typedef struct call_event {
    bool due; /* one of this type is to be told at the end */
    event_type type;
    ost_text user;     /* their id */
    ost_text username; /* as it was typed */
    ost_text email;    /* likewise; empty: the event is not about it */
    ost_text session;
    ost_text credential_type;   /* what it is about; empty: nothing is said */
    ost_text action;            /* the required action that it is about, or the login was; empty */
    ost_text identity_provider; /* its alias; empty: it was none's, */
    ost_text identity;          /* and the name there */
    ost_text client;            /* as it called itself, where call->client is not known */
    ost_text impersonator, impersonator_realm; /* names: who acts as the user; empty: the user */
    const char *error; /* more exactly than the answer may say; NULL: as that */
} call_event;

/* Of something that may be used once; see call_use.h. */
typedef struct call_use {
    ost_text owner, id; /* in the arena, or literals */
    int64_t until;      /* seconds */
    call_error refusal; /* of what has been used before */
} call_use;

/* A client's assertion, a proof of possession, and an assertion about a user. */
#define CALL_USES 3

/* What is known of the language that a page is to be in (realm_language.h); of the realm's own
 * tags. */
typedef struct call_language {
    const char *picked;   /* on a page; NULL: none */
    const char *wanted;   /* by the client; NULL: none */
    bool picked_now;      /* by this request */
    const char *on_page;  /* on a page of this login, not by the client; NULL: none */
    ost_text own;         /* the user's, by now (user_language.h) */
    bool follows, stored; /* the browser takes that; it has just been stored */
    bool asked;           /* there is a request for authorization: it says what the client wants */
    ost_text user;        /* the attribute of the user whose page it is, as it stands there */
    const struct page_words *words; /* NULL: not chosen yet */
} call_language;

/* The level of authentication that a request asks for (acr_level.h). All zero: none. */
typedef struct call_level {
    bool asked, essential;
    int64_t level;
    ost_text names; /* that it asks by, as far as they are known; separated by spaces */
} call_level;

typedef struct call call;
struct call {
    provider *provider;
    http_exchange *exchange;
    const http_request *request;
    ost_arena *arena;
    const realm_entry *entry;
    const realm *realm;
    const char *base;       /* "https://id.example.org", with what path there is before "/realms" */
    const char *realm_path; /* the realm's name as it stands in URLs */
    const char *issuer;     /* base + "/realms/" + realm_path */
    int64_t now;
    http_form form; /* of the body, or of the query, as the endpoint reads it */
    /* Of a request that is elsewhere, pushed or in an object: what came beside it, and the claims
     * of the object; NULL: it is in none, or was read when it was pushed. */
    http_form beside;
    const ost_json *object;
    bool object_encrypted;
    const realm_client *client; /* once it is known */
    call_level level;           /* of an authorization request, once that is read */
    ost_text scope;             /* that it asks for, or a direct grant; separated by spaces */
    unsigned policy_effects;    /* what its realm's policies change in what comes of it */
    int64_t secret_ends; /* when they have its client's secret end, which has no end; 0: they do not
                          */
    const char *client_problem; /* why a client is not what it says: its document, its certificate;
                                   NULL: nothing is known */
    ost_text jkt;         /* of the key that tokens are to be bound to (RFC 9449); empty: none */
    call_use proof;       /* of that key, so long as it is not used up (proof_of_key.h) */
    ost_text certificate; /* of the TLS client, DER; empty: none */
    ost_text x5t; /* SHA-256 of the one that tokens are to be bound to (RFC 8705); empty: none */
    call_use uses[CALL_USES]; /* that the nodes of a shared store have to agree on */
    unsigned use_count, uses_confirmed;
    call_error error;
    call_event event;
    call_language language;
    ost_text answer; /* what a job on the pool has made: a JSON document or a location */
    void *job;       /* an endpoint's own */
    struct request_reference *reference; /* to a request object (request_reference.h); NULL: none */
    void (*work)(call *call), (*send)(call *call); /* of call_work */
};

/* Whether who asks reads pages: a browser that was led there, rather than a program. */
bool call_is_for_people(const http_exchange *exchange);

/* Begins a call: the realm of the path, the base URL. NULL: the exchange has been answered (unknown
 * realm, no memory, plain http where the realm wants TLS). */
call *call_begin(http_exchange *exchange, void *provider);
/* The same in a realm that the path does not name. */
call *call_begin_in(http_exchange *exchange, provider *provider, ost_text realm_name);
/* call_begin with `size` zeroed bytes as its job. */
call *call_begin_job(http_exchange *exchange, void *provider, size_t size);

/* Does `work` on the pool for the store, unless the call has been refused, and then `send` on the
 * loop. And: on the pool for passwords; false, and neither is called, when that is full. */
void call_work(call *call, void (*work)(struct call *call), void (*send)(struct call *call));
OST_MUST_CHECK bool call_work_hashing(call *call, void (*work)(struct call *call),
                                      void (*send)(struct call *call));

/* Marks the call as refused; returns false, so that `return call_refuse(…)` ends a check. The
 * description may live in the arena. */
bool call_refuse(call *call, int status, const char *error, const char *description);

/* The same for what a moment later may work: 503 with Retry-After. Always returns false. */
bool call_refuse_busy(call *call);
/* Whether a result means that nothing is known, because the store or memory failed: who asks is
 * told to come again, and never that somebody or something is not there. */
bool call_is_busy(ost_result result);
/* The reason in the log: why the call was refused. */
void call_set_reason(call *call);
/* For the log of a call that the store may have failed: what it suffers from, if it does. */
bool call_tell_fault(call *call);
/* The same for an answer with status 503, which also says when to come again. */
void call_set_retry_after(call *call);

/* When a token was issued; and whether the realm or its client has since declared all tokens of
 * that time void (notBefore). */
int64_t call_issued_at(const ost_claims *claims);

/* Seconds by which the clock of the node that issued a token may be ahead of this one's, and when
 * something is issued that belongs to what began at a time: not before. */
#define NODES_APART 30
int64_t call_issues_at(const call *call, int64_t began);
bool call_is_stale(const call *call, const ost_claims *claims);

/* A new JSON writer, a copy, a formatted text in the arena; NULL when memory is out, which also
 * refuses the call. */
ost_json_writer *call_writer(call *call);
const char *call_format(call *call, const char *format, ...) OST_PRINTF(2, 3);

/* The SHA-256 of a text as base64url, in the arena: what stands in a store or an address in the
 * place of what opens something. The call is not refused. OST_E_MEMORY, OST_E_CRYPTO. */
OST_MUST_CHECK ost_result call_hash(const call *call, ost_text text, ost_text *ret_hash);

/* A copy of what has been gathered, for as long as the call; false, and the call is refused, when
 * memory or the buffer's ceiling did not suffice. */
bool call_keep(call *call, const buffer *gathered, ost_text *ret_text);

/* Reads the form of a POST body; false: it is none, or malformed, or has a name twice. */
bool call_read_form(call *call);
/* Parameters without a value count as left out (RFC 6749 §3.2), but for "token" and "audience";
 * false: memory is out. Dovecot sends an empty client_secret beside Basic. */
bool call_leave_out_empty(call *call);
ost_text call_parameter(const call *call, const char *name); /* NULL data: absent */
/* The token of the Authorization field, as the guard finds it. */
bearer_outcome call_bearer(const call *call, ost_text *ret_token);

/* ---- call_answer.c ---- */

/* Sends {"error", "error_description"} with no-store, or `answer` as JSON when there is no error.
 */
void call_send_json(call *call);
void call_no_store(call *call);

/* Sets WWW-Authenticate for a bearer token (RFC 6750 §3); error and description may be NULL. */
void call_challenge(call *call, const char *error, const char *description);

/* ---- call_origin.c ---- */

/* "https://id.example.org": as configured, or as the request was sent. NULL: no memory, and the
 * call is refused. */
const char *call_base_url(call *call);

/* realm_redirect_allowed and realm_post_logout_allowed of the call's client, for whose root URL
 * "${authBaseUrl}" and "${authAdminUrl}" stand for the base URL. */
bool call_redirect_allowed(const call *call, ost_text uri);
bool call_post_logout_allowed(const call *call, ost_text uri);

/* Lets pages of the client's web origins read the answer (and of any origin when client is NULL).
 */
void call_allow_origin(call *call, const realm_client *client);

/* True when the exchange is plain http from another machine and the realm wants TLS. */
bool call_needs_tls(const call *call);

/* ---- call_cookie.c ---- */

/* A cookie of the realm. max_age −1: until the browser is closed; 0: delete. */
void call_set_cookie(call *call, const char *name, ost_text value, int64_t max_age, bool http_only);

#endif
