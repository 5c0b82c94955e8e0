/* SPDX-License-Identifier: Apache-2.0 */
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
    OST_CLAIM_EQUALS = 0, /* it is this text, or this whole number, or true or false */
    OST_CLAIM_CONTAINS,   /* it is an array that has such an element, or a text of words separated
                             by spaces that has this one */
    OST_CLAIM_MATCHES,    /* it is a text of this form, from its first byte to its last: '*' stands
                             for any number of bytes, '?' for one, and '\' takes its meaning from
                             what follows it. Upper and lower case differ; a text of more than 1024
                             bytes has no form */
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

/* Reads a policy from JSON: one object, whose members are called as above and are left out or say
 * something. Lists are arrays of texts, `open` and numbers as they are, `algorithms` a list of
 * names, `sender` "any", "bound", "dpop" or "mtls", `claims` a list of objects with `claim` and one
 * of `equals` (a text, a whole number, true or false), `contains` (the same) and `matches` (a
 * text). A policy that says `open` says nothing else. At most 64 KiB, and 64 entries a list. The
 * policy lives in the arena and does not borrow from `json`. Errors: OST_E_CONFIG (with a sentence:
 * an unknown member, a wrong type or value, an empty list or text), OST_E_JSON, OST_E_UTF8,
 * OST_E_CEILING, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_policy_read(ost_text json, ost_arena *arena,
                                                     const ost_policy **ret_policy,
                                                     ost_error *error);

#ifdef __cplusplus
}
#endif

#endif
