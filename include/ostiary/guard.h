/* SPDX-License-Identifier: Apache-2.0 */
/* The guard: may this request pass? It knows issuers and their keys, checks bearer tokens
 * (RFC 6750) against them and against a policy, and says what to answer when the reply is no.
 * Nothing here opens a connection in the caller's thread: keys are fetched in the background. */
#ifndef OSTIARY_GUARD_H
#define OSTIARY_GUARD_H

#include <ostiary/introspection.h>
#include <ostiary/jose.h>
#include <ostiary/policy.h>
#include <ostiary/revocation.h>
#include <ostiary/sender.h>
#include <ostiary/status.h>
#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- configuration ---- */

/* One trusted issuer. All strings are copied. Zero is the strictest choice or is refused. At most
 * 32 audiences and 32 clients. */
typedef struct ost_issuer {
    const char *issuer;           /* required; compared exactly with `iss` and with discovery. One
                                     of many tenants: see `tenants` */
    const char *const *audiences; /* at least one, unless insecure_any_audience */
    size_t audience_count;
    bool insecure_any_audience;
    bool access_token_profile; /* RFC 9068 and nothing less: typ at+jwt; sub, client_id, iat, jti.
                                  Keycloak's tokens do not keep to it unless told so */
    bool client_is_audience;   /* Amazon Cognito: of an access token that has no aud, and says
                                  token_use "access", the client_id must be one of `audiences`.
                                  One with an aud is checked by it, as ever */
    const char *discovery_url; /* NULL: issuer + "/.well-known/openid-configuration". Another host
                                  name may serve what the issuer's name says. */
    const char *jwks_url;      /* given: no discovery takes place for keys */
    bool insecure_http;        /* allow http for hosts that are not loopback */
    ost_algs algorithms;       /* 0: OST_ALGS_DEFAULT */
    /* Microsoft Entra ID for more than one tenant: the issuer is named as the discovery documents
     * of "common" and "organizations" do, with {tenantid} in it, and `iss` must be that name with
     * the token's `tid` in its place; a key whose entry in the set has an `issuer` verifies tokens
     * of that one alone. Ids of the tenants that may come in, UUIDs, at most 256; or any tenant.
     * One of them is required then, and a discovery_url or jwks_url; neither goes with other
     * issuers. */
    const char *const *tenants;
    size_t tenant_count;
    bool any_tenant;
    const char *const *clients; /* accepted `azp` (or client_id); none: any */
    size_t client_count;
    unsigned leeway;       /* seconds, 0: 30; 300 at most */
    ost_text hmac_secret;  /* for HS algorithms, together with `algorithms` and no jwks_url */
    const char *seed_file; /* a key set on disk to start with, and to keep up to date; optional */
    const char *ca_file;   /* PEM of the authorities to trust; NULL: the system's */
    const char *proxy;     /* "http://host:port" (or https; with "user:password@" before the host)
                              of a proxy that makes tunnels to https elsewhere; this machine, and
                              plain http, are reached without it. NULL: none: the environment is not
                              looked at */
    const char *no_proxy;  /* with it: hosts that are reached without. Names, which stand for those
                              below them too, and addresses, separated by commas; "*": all */
    /* Seconds; 0 takes the default named. */
    unsigned
        key_lifetime;     /* 300, unless the issuer says (Cache-Control); refreshed at 80 % of it */
    unsigned stale_limit; /* 3600 and key_lifetime at least: how long keys serve when no refresh
                             succeeds */
    unsigned fetch_timeout;          /* 5 */
    ost_introspection introspection; /* asking the issuer about tokens; all zero: off */
    ost_status_lists status_lists;   /* looking up whether a token has been taken back */
} ost_issuer;

typedef struct ost_guard_config {
    const ost_issuer *issuers;
    size_t issuer_count;
    const char *realm;             /* in challenges; NULL: "ostiary" */
    bool insecure_explain;         /* development: error_description names expected and seen */
    const char *resource_metadata; /* RFC 9728 URL in challenges; NULL: none */
    size_t cache_entries;          /* remembered signatures; 0: 10,000 */
    size_t cache_bytes;            /* 0: 64 MiB */
    bool no_cache;                 /* verify every signature again */
    size_t max_token;              /* bytes; 0: 16 KiB */
    size_t revocation_entries;     /* of ost_guard_revoke at a time, of each issuer; 0: 100,000 */
    const char *revocation_file;   /* where they are kept, for a restart and for the other processes
                                      of this machine that are given the same file, which hear of
                                      them within a quarter of a second; NULL: in memory alone */
    ost_keyset *decryption_keys;   /* private keys of this API's, for access tokens that are signed
                                      and then encrypted (RFC 7519 §5.2); gains a reference. NULL:
                                      encrypted tokens are refused */
    ost_jwe_rules decryption;      /* what encrypted tokens may be made of; all zero: see there */
    ost_dpop_rules dpop;           /* how proofs of sender-constrained tokens are judged */
    const ost_context
        *context; /* clock and randomness; NULL: the system's; must outlive the guard */
} ost_guard_config;

/* ---- the guard ---- */

/* Thread-safe: any number of threads may check at once, without locks. */
typedef struct ost_guard ost_guard;

/* Checks the configuration and starts the background thread that obtains and refreshes keys. Does
 * not wait for them: an issuer may be down. The thread takes no signals. Threads do not survive
 * fork(2): a server of several processes makes a guard in each. Errors: OST_E_CONFIG (with a
 * sentence), OST_E_SYSTEM, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_guard_new(const ost_guard_config *config,
                                                   ost_guard **ret_guard, ost_error *error);
/* Checks the configuration as ost_guard_new does, and makes no guard: no issuer is asked, and
 * nothing is written. For programs that test their configuration, or read it before they fork.
 * Whether revocation_file can be opened is not looked at. Errors: as ost_guard_new. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_guard_config_check(const ost_guard_config *config,
                                                            ost_error *error);
/* Ends the background thread; every waiting callback has been called when it returns, some of them
 * by this thread. NULL is fine. No check may be under way, and identities of this guard may no
 * longer be looked at. Not from such a callback. */
OST_PUBLIC void ost_guard_free(ost_guard *guard);
/* The first half of ost_guard_free, for programs whose requests outlive their waiting: when it
 * returns the background thread has ended, everyone who waits has been told, and nobody waits from
 * then on. Checks, also those that are under way, go on by what is known, and identities can still
 * be looked at, until ost_guard_free. NULL is fine, and so is a second call after the first. Not
 * from a callback. */
OST_PUBLIC void ost_guard_stop(ost_guard *guard);

/* What a request brings. */
typedef struct ost_credentials {
    const ost_text *authorization; /* every Authorization field value, in order */
    size_t authorization_count;
    ost_text bearer; /* a token from elsewhere (a session cookie the program itself unsealed); used
                        when there is no Authorization field. NULL data: none */
    /* What tokens bound to a sender are checked by; without it they are refused. */
    ost_text method;      /* as sent: "GET" */
    ost_text url;         /* absolute, as clients know it: its scheme and host must come from what
                             the program is told, or from a proxy that it trusts, for a proof is
                             good at this address alone. Query and fragment do not count */
    const ost_text *dpop; /* every DPoP field value, in order */
    size_t dpop_count;
    ost_text certificate; /* the client's, DER: of the TLS connection, or as told by a trusted
                             proxy. NULL data: none */
} ost_credentials;

typedef enum ost_decision {
    OST_REFUSE = 0,
    OST_ALLOW,
    OST_WAIT, /* what is being fetched could change the answer: ost_guard_wait, then check again */
} ost_decision;

/* Who the request comes from. Lives in the arena given to the check. */
typedef struct ost_identity ost_identity;

/* What came of a check. Look at `decision`, and let in for OST_ALLOW alone. Texts and the identity
 * live as long as the arena's content; of an OST_WAIT, the other members but `issuer` and
 * `ticket` say nothing that a client could be told. */
typedef struct ost_verdict {
    ost_decision decision;
    ost_result reason;            /* OST_OK when allowed and never else; OST_E_TOKEN_MISSING when
                                     simply no token came */
    int status;                   /* what to answer: 401, 403, 400, 503; 200 when allowed; 0 while
                                     it waits; 500: the program's mistake */
    ost_text challenge;           /* WWW-Authenticate, empty for 503 */
    ost_text dpop_nonce;          /* DPoP-Nonce to send, also when allowed; NULL data: none */
    ost_text message;             /* for the client's body: "Not authenticated", … */
    ost_text explanation;         /* for the operator: what was expected, what was seen */
    unsigned retry_after;         /* seconds, with 503 */
    const ost_identity *identity; /* when allowed and not open */
    size_t issuer;                /* which issuer OST_WAIT waits for; for ost_guard_wait */
    uint64_t ticket;              /* what it waits for, likewise; 0: its keys */
    const char *check;            /* the step that refused a token, as `ostiary token explain` names
                                     it: "signature", "audience", …; NULL: none did */
} ost_verdict;

/* Checks one request against one policy. Pure CPU over what is known now; allocates nothing but
 * from the arena, and a bounded copy of a token that its issuer is asked about. Always sets
 * *ret_verdict: a refusal is a verdict, not an error. `may_wait` false turns OST_WAIT into the
 * refusal it would otherwise end as. Policy and credentials are not kept, and are given again when
 * the request is checked again. An arena of 1 MiB is enough for any token, and of what encrypted
 * ones may inflate to besides; where it is too small, or NULL, the answer is 503. A policy, guard
 * or credentials that are NULL let nobody in: 500, OST_E_ARGUMENT. Any thread. */
OST_PUBLIC void ost_guard_check(ost_guard *guard, const ost_policy *policy,
                                const ost_credentials *credentials, bool may_wait, ost_arena *arena,
                                ost_verdict *ret_verdict);

/* Calls `ready` once, from the background thread or from ost_guard_free, when the fetch that an
 * OST_WAIT verdict waits for has ended, well or badly; check again then, with may_wait false, or
 * true a few times: after keys it may be the issuer's word that is waited for, and a status list.
 * Does not block; `ready` may be called before this returns, and must not block either: it wakes an
 * event loop, or the thread that waits. It cannot be taken back, so `user` must live until then,
 * also when the client leaves; fetch_timeout bounds each fetch. The arena of the check may be reset
 * meanwhile. Anything but OST_OK, and `ready` is never called: check again at once, and count it as
 * a wait. Any thread. Errors: OST_E_BUSY (it has ended already, or 1,000 wait), OST_E_ARGUMENT (no
 * verdict that waits), OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_guard_wait(ost_guard *guard, const ost_verdict *verdict,
                                                    void (*ready)(void *user), void *user);

/* Takes tokens back before they expire: from its return on every check refuses them, also those
 * that are remembered. For logout tokens, an administrator's hook, a message bus. A revocation is
 * kept until its time is over; when there are more than revocation_entries, those that would be
 * over first make way, and until they would have been, every token of that issuer from before that
 * moment is refused in their place (OST_E_REVOKED; clients renew theirs and go on). Any thread;
 * checks are never held up. Errors, of which the first three mean that nothing has been revoked:
 * OST_E_ARGUMENT (no value, or an overlong one), OST_E_ISSUER (not ours), OST_E_MEMORY;
 * OST_E_SYSTEM, OST_E_CEILING (it is in force until this program ends, and could not be written to
 * revocation_file). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_guard_revoke(ost_guard *guard,
                                                      const ost_revocation *revocation);

/* True when every issuer has keys that may be used, and an introspection endpoint if it needs one.
 * Any thread, without blocking. */
OST_PUBLIC bool ost_guard_is_ready(const ost_guard *guard);

/* Blocks until it is ready, at most `seconds`, and says whether it is. For programs that start up
 * and for tests. Any thread. */
OST_PUBLIC bool ost_guard_wait_ready(ost_guard *guard, unsigned seconds);

/* Writes the state of every issuer, for /health/ready: {"ready", "issuers":[{"issuer", "ready",
 * "keys" (how many), "age" (seconds since they were obtained; absent without keys), "stale" (the
 * last fetch failed, older keys serve), "failures" (in a row), "failing" (seconds since the first
 * of them) and "last_error" (both absent when all is well), "introspection" (absent when off):
 * {"endpoint" (whether it is known), "failures", "failing", "last_error"}, "status_lists" (absent
 * when off): {"lists" (how many are held), "failing", "last_error"}}], "refused" (tokens, by the
 * check that refused them, as ost_verdict names it; those that refused none are not there)}. */
OST_PUBLIC void ost_guard_describe(const ost_guard *guard, ost_json_writer *writer);

/* Prometheus text (version 0.0.4): verdicts by reason, key fetches, introspections and status lists
 * by outcome, cache hits and misses, key ages, revocations, readiness. In the arena. Any thread.
 * Errors: OST_E_MEMORY, OST_E_CEILING. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_guard_metrics(const ost_guard *guard, ost_arena *arena,
                                                       ost_text *ret_text);

/* ---- the metrics of several processes ---- */

/* Guards of several processes that serve as one, made from the same configuration, tell of all of
 * them: each writes what it counts to a place of its own in memory that they share, and whoever is
 * asked takes the places together.
 *
 * How much memory the guard needs for that: all zero at first, beginning at a multiple of 8. Any
 * thread. */
OST_PUBLIC size_t ost_guard_counts_size(const ost_guard *guard);
/* Writes what the guard counts now; every second, say, before it is asked, and once it is stopped.
 * One thread at a time of the process that the place belongs to; any may read it meanwhile. */
OST_PUBLIC void ost_guard_counts_put(const ost_guard *guard, void *place);
/* The guard of that place has ended, also if by the end of its process: from now on its counters
 * alone are told, so that no sum goes down. */
OST_PUBLIC void ost_guard_counts_end(void *place);
/* Adds the counters of a guard that has ended to those of its like, at `into`, which ended before.
 * Both are of `size` bytes; `from` is for the caller to fill with zeroes then, and to use again.
 * False: those at `into` are of a guard with other issuers, and nothing was added. One thread of
 * all processes at a time. */
OST_PUBLIC bool ost_guard_counts_keep(void *into, const void *from, size_t size);
/* As ost_guard_metrics, of all `count` places, its own among them: sums of what is counted, and of
 * what is a state, as the age of keys, the worst. Places of guards with other issuers, and those
 * that nothing was written to, do not count. Any thread. Errors: OST_E_MEMORY, OST_E_CEILING (the
 * text, or more than 65,536 places). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_guard_metrics_of(const ost_guard *guard,
                                                          const void *const *places, size_t count,
                                                          ost_arena *arena, ost_text *ret_text);

/* The names of the algorithms that DPoP proofs may be signed by, separated by spaces, as in
 * challenges. Lives as long as the guard. */
OST_PUBLIC ost_text ost_guard_dpop_algorithms(const ost_guard *guard);

/* ---- identity ---- */

/* What the token says, and the introspection answer where the issuer was asked. Of an identity that
 * is NULL, as on an open route: nothing, and none of the scopes and roles. Texts are empty when the
 * claim is not there; names are compared exactly. */
OST_PUBLIC const ost_claims *ost_identity_claims(const ost_identity *identity);
OST_PUBLIC ost_text ost_identity_subject(const ost_identity *identity);
OST_PUBLIC ost_text ost_identity_issuer(const ost_identity *identity);
OST_PUBLIC ost_text ost_identity_client(const ost_identity *identity);   /* azp or client_id */
OST_PUBLIC ost_text ost_identity_username(const ost_identity *identity); /* preferred_username */
OST_PUBLIC bool ost_identity_has_scope(const ost_identity *identity, const char *scope);
OST_PUBLIC bool ost_identity_has_realm_role(const ost_identity *identity, const char *role);
OST_PUBLIC bool ost_identity_has_client_role(const ost_identity *identity, const char *client,
                                             const char *role);

#ifdef __cplusplus
}
#endif

#endif
