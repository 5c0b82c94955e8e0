/* What a route asks for beyond a valid token: data, so that every front end uses one evaluator. */
#ifndef OSTIARY_POLICY_H
#define OSTIARY_POLICY_H

#include <ostiary/json.h>
#include <ostiary/key.h>
#include <ostiary/sender.h>
#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What one claim must say. */
typedef enum ost_claim_test {
    OST_CLAIM_EQUALS = 0, /* it is this text, or this whole number, true, false or null, in JSON's
                             spelling */
    OST_CLAIM_CONTAINS,   /* it is an array that has such an element, or a text of words separated
                             by spaces that has this word */
    OST_CLAIM_MATCHES,    /* it is a text of this form, from its first byte to its last: '*' stands
                             for any number of bytes, '?' for one, and '\' takes its meaning from
                             what follows it. Upper and lower case differ */
} ost_claim_test;

typedef struct ost_claim_rule {
    const char *claim; /* "department"; "realm_access.roles", the member of a member; or, when it
                          begins with a slash, a JSON pointer (RFC 6901). At most 8 steps */
    ost_claim_test test;
    const char *value; /* at most 256 bytes */
} ost_claim_rule;

/* What one route asks for. Static or longer-lived than the requests that use it. All zero: any
 * valid token of a trusted issuer. Lists end with NULL; a list that is NULL asks for nothing, one
 * that is empty where one of its entries is asked for lets nobody in. Everything that is given must
 * hold. */
typedef struct ost_policy {
    bool open;                           /* no token is asked for, and none is looked at */
    const char *const *scopes;           /* every one of these */
    const char *const *any_scopes;       /* at least one of these */
    const char *const *realm_roles;      /* every one (Keycloak: realm_access.roles) */
    const char *const *any_realm_roles;  /* at least one */
    const char *const *client_roles;     /* every one, as "client:role" (resource_access); the
                                            client's id ends at the first colon */
    const char *const *any_client_roles; /* at least one */
    const char *const *clients;          /* narrower than the issuer's: issued to one of these (azp,
                                            or client_id) */
    const char *const *audiences;        /* narrower than the issuer's: one of these */
    const ost_claim_rule *claims;        /* every one of these; ends with a rule without a claim */
    ost_sender sender;                   /* how the token must be bound to its sender */
    const char *const *acr_values;       /* one of these (RFC 9470) */
    unsigned max_age;                    /* seconds since auth_time (RFC 9470); 0: any */
    ost_algs algorithms;                 /* narrower than the issuer's; 0: as the issuer says */
} ost_policy;

#ifdef __cplusplus
}
#endif

#endif
