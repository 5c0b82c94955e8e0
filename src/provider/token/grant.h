/* SPDX-License-Identifier: Apache-2.0 */
/* What tokens are made for: a client, a user or the client's own account, a session, scopes. */
#ifndef GRANT_H
#define GRANT_H

#include "provider/call/call.h"
#include "store/session/session_limit.h"

/* Of tokens, by RFC 8693 §3. */
#define TOKEN_TYPE_ACCESS "urn:ietf:params:oauth:token-type:access_token"
#define TOKEN_TYPE_REFRESH "urn:ietf:params:oauth:token-type:refresh_token"
#define TOKEN_TYPE_ID "urn:ietf:params:oauth:token-type:id_token"
/* Of an assertion for another server (draft-ietf-oauth-identity-assertion-authz-grant §4.3). */
#define TOKEN_TYPE_IDENTITY_ASSERTION "urn:ietf:params:oauth:token-type:id-jag"

typedef struct grant {
    const realm_client *client;
    const ost_json *user; /* UserRepresentation */
    ost_text user_id;
    realm_roles roles;                /* effective, and narrowed to what the client may see */
    const realm_scope *const *scopes; /* granted client scopes; NULL-terminated */
    ost_text scope;                   /* as it stands in tokens */
    ost_text lasting_scope; /* as it stands in refresh tokens: what tokens do not show too */
    bool openid;
    bool may_be_offline;          /* the scope offline_access is granted where it is asked for */
    bool offline;                 /* it is: session_id is an offline session */
    const char *login_session_id; /* of an offline session: the login that it came from, which ID
                                     tokens name; NULL: as session_id */
    ost_text login_notes;         /* of the login, or of session_id; empty: they are not at hand */
    const char *session_id;       /* NULL: none (client credentials) */
    int64_t session_ends;         /* no token outlives it; 0: no limit */
    int64_t idle_ends;
    int64_t client_started;          /* the client's part of the session; 0: it has none */
    int64_t auth_time;               /* seconds; −1: says nothing */
    bool interactive;                /* a browser login: auth_time stands in access tokens too */
    ost_text nonce;                  /* empty: none */
    const struct reached_level *acr; /* how they have come in; NULL: by proving who they are */
    const ost_json *requested;       /* claims (requested_claims.h); NULL: none */
    bool detached;  /* the ID token signs the answer that it comes in, and says nothing
                       of the user but who it is (FAPI 1.0 Advanced §5.1.1) */
    ost_text state; /* of an authorization request that is answered with an ID token; for s_hash */
    int64_t lifespan;   /* of the access token; 0: the client's or the realm's */
    ost_text resources; /* whom the access token is for, and nobody else (resource.h); empty: whom
                           the mappers say */
    const char *const *audiences;  /* of what the mappers say, these alone, and all of them;
                                      NULL-terminated; NULL: whatever they say */
    const char *issued_token_type; /* of a token exchange; NULL: it is none */
    ost_text details;              /* authorization_details of the access token; empty: none */
    ost_text granted_details;      /* and those that a refresh may ask for */
    const struct store_room *room; /* what its session is held to; NULL: nothing */
    ost_text granted_resources;    /* what a refresh may ask for; empty: whatever is known */
} grant;

/* Chooses the client scopes for a scope parameter (RFC 6749 §3.3): all default ones, and the
 * optional ones that were asked for. Refuses the call with invalid_scope. */
bool grant_choose_scopes(call *call, ost_text requested, grant *grant);

/* The same for a refresh: of what the refresh token stands for, the optional scopes that are asked
 * for again (RFC 6749 §6); an empty request asks for all. The next refresh token stands for as much
 * as this one. */
bool grant_narrow_scopes(call *call, ost_text lasting, ost_text requested, grant *grant);

/* The same where somebody else has said what is allowed: nothing else may be requested, and of the
 * default scopes those stay that are allowed, and those that tokens do not show. */
bool grant_choose_within(call *call, ost_text allowed, ost_text requested, grant *grant);

/* Of names of scopes, those that the client may ask for. */
bool grant_offered(call *call, const realm_client *client, ost_text names, ost_text *ret_names);

/* Nobody is there to be asked: a client that has to ask gets what its users have granted it anyway.
 * `who`, such as "the client", stands before its name in the refusal (invalid_scope). */
bool grant_check_consent(call *call, const grant *grant, const char *who);

/* The user may have offline tokens, if that is what is to be granted. Refuses with not_allowed. */
bool grant_check_offline(call *call, const grant *grant);

/* Once the scopes are chosen: fills roles, of all that somebody has, and takes out of scopes and
 * both texts what is for others' roles alone. Refuses with server_error. */
bool grant_set_roles(call *call, const realm_roles *roles, grant *grant);

/* The same of a stored user, who it fills in. */
bool grant_set_user(call *call, const ost_json *user, ost_text user_id, grant *grant);

/* ---- mint.c ---- */

typedef enum token_kind {
    TOKEN_ACCESS,
    TOKEN_LIGHTWEIGHT, /* an access token in which mappers say what they have to alone */
    TOKEN_INTROSPECTION,
    TOKEN_ID,
    TOKEN_USERINFO
} token_kind;

typedef struct minted {
    ost_text access_token, id_token, refresh_token; /* empty: none */
    int64_t expires_in, refresh_expires_in;
    ost_text refresh_id; /* jti of the refresh token */
} minted;

/* Signs the tokens of a grant, and uses up the proof of possession by which it was asked for.
 * `refresh`: make a refresh token too. Refuses with server_error, or as proof_of_key_use. */
bool mint_tokens(call *call, const grant *grant, bool refresh, minted *ret_minted);

/* The access token of a grant that asks for nothing else, and then `next`, when the call may have
 * been refused. On the loop's thread; grant and tokens are in the call's arena. */
void mint_access_with_others(call *call, const grant *grant, minted *ret_minted,
                             void (*next)(struct call *call));

/* An ID token alone, with at_hash and c_hash of what goes with it (empty: none). */
bool mint_id_token(call *call, const grant *grant, ost_text access_token, ost_text code,
                   int64_t expires, ost_text *ret_token);

/* The claims for userinfo: sub and what the mappers say. JSON, or a JWT, as the client wants it. */
bool mint_userinfo(call *call, const grant *grant, ost_text *ret_answer);

/* What a verified lightweight token of the grant stands for: its claims, and what the mappers would
 * have said. JSON. */
bool mint_introspection(call *call, const grant *grant, const ost_claims *claims,
                        ost_text *ret_json);

/* The claims alone of what the grant would be answered with, signed by nobody. JSON. */
bool mint_example(call *call, const grant *grant, token_kind kind, ost_text *ret_json);

/* Of the key that the call's access tokens are bound to (RFC 9449); empty: none. */
ost_text mint_access_key(const call *call);

/* The token endpoint's answer. */
bool mint_answer(call *call, const grant *grant, const minted *minted);

/* ---- mapper.c ---- */

/* Runs the mappers of the granted scopes and of the client. Audiences are gathered apart: mappers
 * add to what the list holds. */
typedef struct audience_list {
    const char *names[65]; /* NULL-terminated */
    size_t count;
} audience_list;
struct claim_tree;
void mappers_run(call *call, const grant *grant, token_kind kind, struct claim_tree *tree,
                 audience_list *audiences);

#endif
