/* SPDX-License-Identifier: Apache-2.0 */
/* Identity providers that the realm's users log in by: OpenID providers (OpenID Connect Core §3.1),
 * as a realm's identityProviders configure them. */
#ifndef UPSTREAM_H
#define UPSTREAM_H

#include <ostiary/jose.h>
#include <ostiary/json.h>

#include "provider/proof/client_key_set.h"

/* How we prove there who we are. */
typedef enum upstream_proof {
    UPSTREAM_SECRET_POST,
    UPSTREAM_SECRET_BASIC,
    UPSTREAM_SECRET_JWT,
    UPSTREAM_PRIVATE_KEY_JWT,
} upstream_proof;

/* Why no identity provider can be as this representation says, in Keycloak's words, in the arena:
 * it is of no known kind, or an address is none. NULL: one can. */
const char *upstream_kind_fault(const ost_json *provider, ost_arena *arena);

/* What a login changes of a user who was there before. */
typedef enum upstream_sync { UPSTREAM_LEGACY, UPSTREAM_IMPORT, UPSTREAM_FORCE } upstream_sync;

typedef struct upstream {
    ost_text alias;
    ost_text name;                  /* as people see it; never empty */
    const char *barred;             /* why nobody logs in by it, half a sentence; NULL: they do */
    bool hidden;                    /* it has no button, */
    bool link_only;                 /* and makes no user: only who is linked comes in by it */
    bool trust_email;               /* an address that it has verified is verified here */
    ost_text first_flow, post_flow; /* aliases of the flows of a first login, and after each */
    bool keeps_tokens;              /* its tokens are kept, */
    bool gives_reader;              /* and whom it makes or links may read them */
    upstream_sync sync;
    int64_t order; /* of its button; INT64_MAX: last */
    /* Ended by a NUL each. Those that may be missing are NULL then. */
    const char *authorization_url, *token_url, *userinfo_url, *logout_url, *keys_url;
    const char *issuer;
    const char *client_id;
    ost_text client_secret; /* empty: none */
    upstream_proof proof;
    ost_alg assertion_alg; /* of assertions about ourselves */
    ost_text scope;        /* with openid */
    ost_text prompt;       /* empty: the client's, as far as it has one */
    ost_text hosted;       /* Google's hosted domain; empty: any */
    bool offline;          /* Google is asked for a refresh token */
    ost_text filter_claim; /* of the ID token, which has to fit */
    ost_text filter;       /* this pattern of Java's. Empty, the claim: there is none */
    unsigned validity;     /* seconds for which a kept access token has to be good */
    bool pkce;
    bool forwards_hint, forwards_languages; /* login_hint, ui_locales */
    bool forwards_silence;   /* whoever comes by a hint with prompt=none is asked there, likewise */
    bool tells_client;       /* its logout is told client_id, */
    bool tells_token;        /* and the ID token */
    bool access_claims;      /* its access tokens are JWTs of Keycloak's, whose claims count */
    ost_text forwarded;      /* names of parameters that go on to it; commas between */
    unsigned leeway;         /* seconds that its clock may differ; 0: the usual ones */
    ost_keyset *single_key;  /* keys that came with it; NULL: there are none of the kind */
    client_key_set *key_set; /* likewise. Freed by upstreams_clear */
} upstream;

typedef struct upstreams {
    upstream *list; /* in the order of their buttons */
    size_t count;
} upstreams;

/* Those among IdentityProviderRepresentations that are enabled and of a kind that this can be;
 * barred ones among them. `mappers`: IdentityProviderMapperRepresentations. Texts live as long as
 * the representations, the list as long as the arena. Without memory there are none. */
upstreams upstreams_load(const ost_json *providers, const ost_json *mappers, ost_arena *arena);
void upstreams_clear(upstreams *upstreams);

/* NULL: there is none. */
const upstream *upstreams_find(const upstreams *upstreams, ost_text alias);

/* Why nobody logs in by one of a realm file, as of upstream.barred; NULL: they do, or it is not
 * enabled, or only for assertions. In the arena. */
const char *upstream_barred(const ost_json *provider, const ost_json *mappers, ost_arena *arena);

/* Whether mappers of the type are done (upstream_mapper.h). */
bool upstream_maps(ost_text type);

#endif
