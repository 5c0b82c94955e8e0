/* SPDX-License-Identifier: Apache-2.0 */
/* What client policies are asked about, and what they answer. */
#ifndef POLICY_CASE_H
#define POLICY_CASE_H

#include <ostiary/json.h>

/* What happens. Requests that authenticate a client are looked at once its proof is known. */
typedef enum policy_event {
    POLICY_REGISTER,         /* a client is to be made, */
    POLICY_UPDATE,           /* or changed, */
    POLICY_RENEWAL,          /* or its secret is made anew: nothing else of it changes */
    POLICY_PREAUTHORIZATION, /* a browser brings a request, of which client and address are known,
                              */
    POLICY_AUTHORIZATION,    /* and now all of it */
    POLICY_PUSHED,  /* the same of a request that the client itself sends (RFC 9126), which */
    POLICY_PUSHING, /* proves who it is */
    POLICY_TOKEN,   /* a code is brought, which has not been looked at, */
    POLICY_CODE,    /* and now it has */
    POLICY_REFRESH,
    POLICY_PASSWORD,
    POLICY_SERVICE_ACCOUNT,
    POLICY_EXCHANGE,
    POLICY_JWT_GRANT,
    POLICY_DEVICE,
    POLICY_DEVICE_TOKEN,
    POLICY_CIBA,
    POLICY_CIBA_REQUEST, /* the same, and now all of it, as it has been signed */
    POLICY_CIBA_TOKEN,
    POLICY_REVOKE,
    POLICY_INTROSPECT,
    POLICY_LOGOUT,
    POLICY_USERINFO,
} policy_event;

/* Who makes or changes a client, in Keycloak's words. */
#define BY_USER "ByAuthenticatedUser"
#define BY_ANYBODY "ByAnonymous"
#define BY_INITIAL_TOKEN "ByInitialAccessToken"
#define BY_REGISTRATION_TOKEN "ByRegistrationAccessToken"

/* What is known. Empty and NULL: nothing is. Texts of `client` and `proposed` are those of a
 * ClientRepresentation. */
typedef struct policy_case {
    policy_event event;
    const ost_json *client;   /* NULL: it is not there yet */
    const ost_json *proposed; /* what it is to be; of POLICY_REGISTER and POLICY_UPDATE */
    const ost_json *roles;    /* the client's own, RoleRepresentations */
    const char *updater;      /* BY_USER and so on; NULL: nobody does */
    ost_text updater_address; /* of their machine */
    const ost_json *updater_roles, *updater_groups; /* arrays of names ("role", "client.role"), of a
                                                       user of this realm; NULL: it is none */
    bool scoped; /* the request has a scope, which may be empty: */
    ost_text scope;
    /* Of authorization requests, and the code's at POLICY_CODE: */
    bool implicit; /* tokens come by way of the browser */
    bool only_code, typed;
    bool pushed; /* it was pushed before, or is being pushed */
    ost_text redirect_uri, challenge, challenge_method, jkt;
    bool hybrid, with_token; /* a code and an ID token are asked for; an access token as well */
    bool in_jwt;             /* the answer is to be one, whatever way it goes */
    bool nonce, state;       /* it has them */
    ost_text claims;         /* the parameter, as it came */
    const ost_json *acr;     /* names of levels that it asks for; an array */
    const ost_json *object;  /* the claims of its request object, also at POLICY_CIBA_REQUEST */
    bool encrypted;          /* which was */
    bool more;    /* parameters came beside what was pushed, or the object, that are not in it */
    int64_t now;  /* seconds */
    bool binding; /* of POLICY_CIBA_REQUEST: it has a binding message */
    const ost_json
        *token; /* of POLICY_EXCHANGE and POLICY_JWT_GRANT: the claims of what is brought,
                   which nobody has verified; a refusal tells no more than they do */
    ost_text
        alias; /* of POLICY_JWT_GRANT: of the identity provider whose assertion it says it is */
    ost_arena *arena; /* for refusals that name something */
    /* Of requests that authenticate a client: */
    ost_text assertion, assertion_alg; /* by which it has proved who it is */
    bool assertion_for_issuer;         /* whose one audience is our issuer */
    bool certificate;                  /* it has shown one (RFC 8705) */
    bool proof;   /* and a proof of possession (RFC 9449); at POLICY_USERINFO: by its scheme */
    bool bound;   /* the token that it brings is bound to that certificate, */
    bool proved;  /* or to the key of that proof */
    bool unknown; /* it is no token of ours */
} policy_case;

/* What policies change in what comes of a request that they allow. */
enum policy_effect {
    POLICY_DOWNSCOPES = 1 << 0,          /* no scopes that what is brought has not */
    POLICY_LIGHTENS = 1 << 1,            /* lightweight access tokens */
    POLICY_KEEPS_REFRESH = 1 << 2,       /* no refresh token comes of a refresh */
    POLICY_KEEPS_REGISTRATION = 1 << 3,  /* a registration access token stays what it is */
    POLICY_BINDS_REFRESH_ALONE = 1 << 4, /* to a key: access tokens are of no key */
};

typedef struct policy_refusal {
    int status;
    const char *error, *description; /* Keycloak's */
    bool page;                       /* of an authorization request: nobody is redirected */
} policy_refusal;

/* The browser flow that policies choose, of those there are the last one's. */
typedef struct policy_flow {
    bool chosen; /* false: none */
    ost_text alias;
    int64_t level; /* of authentication, that comes of it; below 0: the flow's own, if any */
} policy_flow;

/* What somebody else is asked about an authorization request, before it goes on: whether what it is
 * about (an intent) is the client's. */
typedef struct policy_question {
    const char *url;
    ost_text intent;
    const struct policy_question *next;
} policy_question;

/* What policies change in a client that is to be: a member, or an attribute. */
typedef struct policy_edit {
    bool attribute;
    const char *name;
    ost_text json; /* the value */
} policy_edit;

#define POLICY_EDITS_MAX 40

typedef struct policy_edits {
    policy_edit list[POLICY_EDITS_MAX];
    size_t count;
    unsigned effects; /* enum policy_effect */
} policy_edits;

#endif
