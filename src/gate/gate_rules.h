/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules file says: the sites behind the proxy, and who may ask for what there. Read once,
 * then only looked at: any thread. What no rule is about is refused. */
#ifndef GATE_RULES_H
#define GATE_RULES_H

#include <ostiary/guard.h>

#define GATE_SITES_MAX 64
#define GATE_RULES_MAX 256 /* of one site */
#define GATE_METHODS_MAX 32
#define GATE_FIELDS_MAX 32

typedef enum gate_access {
    GATE_DENIED = 0,
    GATE_PUBLIC,  /* anyone; no token is looked at */
    GATE_GUARDED, /* by the policy */
} gate_access;

typedef struct gate_rule {
    ost_text path, loose;       /* as it is, and as gate_path_loose has it */
    bool is_exact;              /* this path alone; else it and all below it */
    const char *const *methods; /* ends with NULL; NULL: whatever method */
    gate_access access;
    const ost_policy *policy;
    bool login; /* browsers are sent to sign in, and their sessions count */
    bool token; /* the application is given the access token */
    size_t number;
} gate_rule;

typedef struct gate_client gate_client; /* gate_client.h */

typedef struct gate_site {
    ost_text origin;    /* as browsers spell it */
    ost_text authority; /* its host, and the port where it is not the scheme's own */
    ost_text
        cookie_domain; /* its sessions count at all sites that say the same; empty: at it alone */
    const char *scope, *resource; /* what its logins ask for; NULL: as all do */
    gate_client *client;          /* who signs in there; NULL: the gate's own client */
    const char *const *audiences; /* tokens must name one of them; NULL: whichever the issuers' */
    const gate_rule *rules;
    size_t rule_count;
    bool reads_paths, reads_methods; /* its rules differ by them */
} gate_site;

/* What the application is told of who asks. */
typedef enum gate_source {
    GATE_SUBJECT,
    GATE_USERNAME,
    GATE_EMAIL, /* when the issuer says that it is verified */
    GATE_EMAIL_UNVERIFIED,
    GATE_NAME,
    GATE_GROUPS,
    GATE_ROLES,
    GATE_SCOPES,
    GATE_EXPIRES,
    GATE_ISSUER,
    GATE_CLIENT,
    GATE_CLAIM, /* another one */
} gate_source;

typedef struct gate_field {
    const char *name;
    gate_source source;
    const char *claim; /* of GATE_CLAIM */
    bool encoded;      /* percent-encoded, whatever it holds */
} gate_field;

typedef struct gate_rules {
    const gate_site *sites;
    size_t site_count;
    const gate_field *fields;
    size_t field_count;
    bool logs_in; /* one of the rules has login */
} gate_rules;

/* Reads the rules, and checks that each can be reached. They live in the arena and do not borrow
 * from `json`. OST_E_CONFIG with a sentence that names the place ("sites[0].rules[2].polcy"),
 * OST_E_MEMORY. */
OST_MUST_CHECK ost_result gate_rules_read(ost_text json, ost_arena *arena,
                                          const gate_rules **ret_rules, ost_error *error);

/* The site of that authority, which is in lower case; NULL: none. */
const gate_site *gate_rules_site(const gate_rules *rules, ost_text authority);

/* The first rule about this method and path, by both ways of reading the path. NULL: there is none,
 * or the two readings lead to different ones; *ret_why says so. */
const gate_rule *gate_rules_find(const gate_site *site, ost_text method, ost_text path,
                                 ost_arena *arena, const char **ret_why);

/* True when every request that `later` is about is one of `earlier` too. */
bool gate_rules_hides(const gate_rule *earlier, const gate_rule *later);

#endif
