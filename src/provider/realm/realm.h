/* SPDX-License-Identifier: Apache-2.0 */
/* A realm as the endpoints use it: an immutable snapshot made from its document (Keycloak's
 * RealmRepresentation), replaced as a whole when the realm changes, reference-counted. */
#ifndef REALM_H
#define REALM_H

#include <ostiary/jose.h>
#include <ostiary/types.h>

#include "provider/policy/policy_set.h"
#include "provider/proof/client_answer.h"
#include "provider/proof/client_ciba.h"
#include "provider/proof/client_proof.h"
#include "provider/proof/client_request.h"
#include "provider/proof/mapper_type.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/proof/trusted_issuer.h"
#include "provider/proof/upstream.h"
#include "provider/realm/realm_flow.h"
#include "provider/webauthn/webauthn_policy.h"

typedef struct realm realm;
typedef struct realm_client realm_client;

/* Seconds. */
typedef struct realm_lifespans {
    int64_t access_token, access_token_implicit;
    int64_t sso_idle, sso_max, sso_idle_remember, sso_max_remember;
    int64_t code, user_action, login;
    int64_t client_idle, client_max;   /* of a client's part of a session; 0: as the session */
    int64_t offline_idle, offline_max; /* of an offline session; the second where it is limited */
    int64_t client_offline_idle, client_offline_max; /* 0: as that */
    bool offline_limited;
} realm_lifespans;

/* What slows down guessing; times in seconds but for quick_ms. */
typedef struct realm_brute_force {
    bool on, permanent;
    int64_t failures;       /* until a user has to wait, */
    int64_t wait, max_wait; /* this long, and again for as many more */
    int64_t quick_ms, quick_wait;
    int64_t window; /* failures older than this do not count */
} realm_brute_force;

/* What the one-time codes of its users are to be (otpPolicy…). */
typedef struct otp_policy {
    bool counted;   /* HOTP; otherwise TOTP */
    int hash;       /* code_hash (one_time_code.h) */
    int64_t digits; /* 6 or 8 */
    int64_t period; /* seconds */
    int64_t window; /* steps of time on both sides, or of the counter ahead, that count too */
    int64_t first;  /* what a counter begins with */
    bool reusable;  /* a code of time may come again */
} otp_policy;

typedef struct realm_mapper {
    const char *name;
    const char *type;       /* protocolMapper: "oidc-audience-mapper", … */
    const ost_json *config; /* string members */
    mapper_type known;      /* the type, as far as it is known */
} realm_mapper;

typedef struct realm_scope { /* a client scope */
    const char *name;
    bool in_token_scope;      /* attribute include.in.token.scope */
    bool for_roles;           /* roles are mapped to it: for who has one of them alone */
    bool on_consent_screen;   /* a user who consents is asked about it */
    const char *consent_text; /* in these words; never NULL */
    int64_t gui_order;        /* and in this order; INT64_MAX: last */
    const realm_mapper *mappers;
    size_t mapper_count;
    const ost_json *document;
} realm_scope;

struct realm_client {
    const char *id; /* UUID */
    const char *client_id;
    const char *name;   /* for pages; may be NULL */
    const char *secret; /* NULL: none that it may show */
    client_proof proof; /* how it proves who it is */
    bool enabled, public_client, bearer_only;
    bool standard_flow, implicit_flow, direct_access_grants, service_account;
    bool full_scope;
    bool pkce_required;               /* attribute pkce.code.challenge.method */
    const char *const *redirect_uris; /* NULL-terminated */
    const char *const *web_origins;
    const char *const *post_logout_redirect_uris; /* "+" resolved to the redirect
                                                     URIs, which they are by default */
    const char *root_url, *base_url;
    int64_t access_lifespan;           /* 0: the realm's; −1: as long as a session at most */
    int64_t session_idle, session_max; /* of its part of a session; 0: the realm's */
    int64_t offline_idle, offline_max; /* of its offline sessions; 0: the realm's */
    ost_alg access_alg, id_alg;        /* of its tokens */
    client_answers answers;            /* what else is signed and encrypted for it */
    bool refresh_tokens;               /* false: it gets none */
    bool refreshed_credentials;        /* its own account has sessions with refresh tokens */
    bool at_jwt;                       /* its access tokens keep to RFC 9068 */
    bool lightweight;                  /* they say as little as they can (mint.c), */
    bool lightweight_userinfo;         /* and are good for userinfo all the same */
    bool detached_signature;    /* ID tokens through the browser sign the answer, and say no more */
    bool lower_case_bearer;     /* the token type is "bearer" */
    bool without_issuer;        /* answers to its authorization requests lack iss, */
    bool without_session_state; /* and session_state */
    bool token_exchange;        /* it may exchange tokens (RFC 8693), */
    bool exchange_refresh;      /* also for refresh tokens */
    ost_text identity_audiences; /* other servers for which it may have its users asserted, and the
                                    name it has there after a space; "##" between them */
    ost_text identity_scopes;    /* and what it may have there; separated by spaces */
    bool jwt_grant;              /* it may bring assertions of trusted issuers (RFC 7523) */
    bool device_grant;           /* its users may answer it from another device (RFC 8628), */
    int64_t device_lifespan, device_interval; /* for so long, asked so often: seconds */
    client_ciba ciba;                         /* its users may be authenticated elsewhere */
    bool dpop_bound;                          /* it gets no tokens but those bound to its key */
    bool certificate_bound; /* nor any but those bound to its TLS certificate (RFC 8705 §3) */
    bool by_document; /* its clientId is the address of its metadata; the realm does not register it
                       */
    bool consent_required;    /* of every user, */
    bool on_consent_screen;   /* who is asked about the client itself too, */
    const char *consent_text; /* in these words; never NULL */
    const char *barred; /* what the file asks for and is not there: the client gets no tokens; NULL:
                           nothing */
    pairwise_rule pairwise; /* its subjects */
    client_request request; /* what its authorization requests have to be */
    realm_flow_demand browser_demand, direct_demand; /* of its users' logins */
    passkey_rule browser_passkey;
    bool browser_password;    /* a password will do, */
    bool browser_session;     /* and a session that the browser has; */
    bool browser_leveled;     /* the flow has levels of authentication, */
    int64_t browser_level;    /* up to this one */
    unsigned browser_factors; /* what will do beside a password: bits of realm_factor */
    const realm_mapper *mappers;
    size_t mapper_count;
    const realm_scope *const *default_scopes; /* NULL-terminated */
    const realm_scope *const *optional_scopes;
    const char *service_account_user; /* user name "service-account-<client_id>" */
    const ost_json *attributes;
    const ost_json *document;
};

typedef struct role_table role_table; /* role.h */

struct realm {
    const char *id;
    const char *name;
    const char *display_name; /* NULL: none */
    bool enabled;
    bool ssl_required_external, ssl_required_all;
    bool login_with_email, remember_me;
    const char *const *locales; /* of its pages, NULL-terminated; NULL: they are in English */
    const char *default_locale; /* NULL: none */
    bool revoke_refresh_token;
    bool reset_password_allowed;
    bool has_mail_server;
    bool verify_email; /* whose address is not verified has to do that first */
    bool events, admin_events, admin_event_details; /* are kept */
    int64_t event_lifetime, admin_event_lifetime;   /* seconds; 0: not bounded */
    bool duplicate_emails;                          /* several users may have the same address */
    /* Clients may be known by the address of their metadata; and addresses that are not public and
     * may be asked for it, as blocks that are separated by spaces or commas; NULL: none. */
    bool client_documents;
    const char *document_addresses;
    const char *default_role;
    ost_alg signature_alg; /* of tokens, unless a client says otherwise */
    int64_t refresh_max_reuse;
    int64_t refresh_grace; /* seconds for which two tabs may use one token; Ostiary's own */
    int64_t not_before;
    realm_lifespans lifespans;
    realm_brute_force brute_force;
    otp_policy otp;
    webauthn_policy keys[WEBAUTHN_USES]; /* security keys, and passkeys */
    realm_registration registration;
    int64_t key_interval; /* seconds that a key signs; 0: for good; -1: as the provider is told */
    bool dpop_nonce;      /* proofs of possession need a nonce of ours; Ostiary's own */
    int64_t pushed_lifespan; /* seconds that a pushed authorization request waits */
    int64_t device_lifespan, device_interval; /* unless a client says otherwise */
    ciba_policy ciba;
    const realm_client *const *clients; /* in the order of the document */
    size_t client_count;
    const realm_client *const *clients_by_id; /* in the order of client IDs; NULL: being loaded */
    const realm_scope *scopes;
    size_t scope_count;
    trusted_issuers issuers;    /* of assertions about users */
    upstreams upstreams;        /* that users log in by */
    const policy_set *policies; /* for clients; NULL: none is enabled */
    const char *password_policy;
    const ost_json *document; /* the whole, unknown fields included */
    const role_table *roles;
    int64_t version;
};

/* Makes the snapshot from a document (as stored). OST_E_FORMAT, with the path within the document
 * ("clients[3].redirectUris[0]: not a string"). Keeps a copy of the document. */
OST_MUST_CHECK ost_result realm_load(ost_text document, int64_t version, realm **ret_realm,
                                     ost_error *error);
/* The same of a realm in which the ClientRepresentation `document` stands in the place of the
 * client `old`, or (NULL) behind the others, and all else is as in `before`: that is shared and not
 * read again, now and then excepted. OST_E_ARGUMENT: `old` is no client of `before`. */
OST_MUST_CHECK ost_result realm_load_after(const realm *before, const realm_client *old,
                                           const ost_json *document, int64_t version,
                                           realm **ret_realm, ost_error *error);
/* A client that the realm does not register, of a ClientRepresentation, with the realm's scopes; in
 * the arena. OST_E_FORMAT. */
OST_MUST_CHECK ost_result realm_load_client(const realm *realm, const ost_json *document,
                                            ost_arena *arena, realm_client **ret_client,
                                            ost_error *error);
/* Has a client, not one of a published realm, go by the browser flow that `document`, a
 * ClientRepresentation, names. */
void realm_client_follow(const realm *realm, realm_client *client, const ost_json *document);
realm *realm_ref(realm *realm);
void realm_unref(realm *realm);

/* For how long a token of the realm, signed now, may be good: seconds. */
int64_t realm_longest_token(const realm *realm);

const realm_client *realm_find_client(const realm *realm, ost_text client_id);
const realm_client *realm_find_client_by_uuid(const realm *realm, ost_text id);
const realm_scope *realm_find_scope(const realm *realm, ost_text name);

/* The effective roles of a user: assigned, by group, and through composites, sorted by client and
 * name. `user_document` is the stored UserRepresentation. Roles that do not exist are passed over.
 */
typedef struct realm_roles {
    const char *const *realm_roles; /* NULL-terminated */
    struct realm_client_roles {
        const char *client_id;
        const char *const *roles; /* NULL-terminated */
    } const *clients;
    size_t client_count;
} realm_roles;
OST_MUST_CHECK ost_result realm_user_roles(const realm *realm, const ost_json *user_document,
                                           ost_arena *arena, realm_roles *ret_roles);
/* Whether the role is one of them. `client` empty: of the realm. */
bool realm_roles_have(const realm_roles *roles, ost_text client, ost_text name);

/* Of granted client scopes those that whoever has these roles may have: to which no role is mapped,
 * or one of theirs, through composites on both sides. In the arena, or `granted` itself. */
OST_MUST_CHECK ost_result realm_scopes_for_roles(const realm *realm,
                                                 const realm_scope *const *granted,
                                                 const realm_roles *roles, ost_arena *arena,
                                                 const realm_scope *const **ret_granted);

/* The roles of a user, narrowed to what a client may see (its scope mappings and those of the
 * granted client scopes), unless it has full scope. */
OST_MUST_CHECK ost_result realm_roles_for_client(const realm *realm, const realm_client *client,
                                                 const realm_scope *const *granted,
                                                 const realm_roles *roles, ost_arena *arena,
                                                 realm_roles *ret_roles);

/* True when `uri` is one of the registered redirect URIs: exact comparison, or Keycloak's single
 * trailing wildcard on the path (never in scheme, host or port; fragments, userinfo and dot
 * segments never match; of a scheme of an application's own, a wildcard may stand for all);
 * relative entries are resolved against the root URL. */
bool realm_redirect_allowed(const realm_client *client, ost_text uri);
/* Why a registered URI that Keycloak follows leads nowhere here, as one that is a wildcard alone:
 * half a sentence that lasts. NULL: it is followed as there. */
const char *realm_redirect_idle(ost_text pattern);
/* The same of its request URIs, which are web addresses; what follows "#" in the registered ones
 * does not count, and `uri` has nothing of the kind. */
bool realm_request_uri_allowed(const realm_client *client, ost_text uri);
bool realm_post_logout_allowed(const realm_client *client, ost_text uri);
bool realm_origin_allowed(const realm_client *client, ost_text origin);

/* "scheme://host:port" of a URI, of a client's n-th redirect URI; empty when it has none. */
ost_text realm_uri_origin(ost_text uri);
ost_text realm_redirect_origin(const realm_client *client, size_t index);

#endif
