/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of each member of a realm file: one table for each kind of object of Keycloak's
 * representation. docs/usage/realm-files.md is made from these tables. */
#ifndef MEMBER_H
#define MEMBER_H

#include <stdbool.h>
#include <stddef.h>

#include <ostiary/json.h>

typedef enum member_fate {
    MEMBER_ACTED,   /* acted upon, as Keycloak does */
    MEMBER_KEPT,    /* has no effect and is harmless; exported again */
    MEMBER_TOLD,    /* kept, although Keycloak acts upon it: told at import, refused by --strict */
    MEMBER_BARRED,  /* what it is to protect is refused: logins, tokens; told at import */
    MEMBER_REFUSED, /* a file that has it is refused */
    MEMBER_UNKNOWN, /* in no table: told at import, refused by --strict */
} member_fate;
#define MEMBER_FATES 6

typedef enum member_type {
    MEMBER_ANY,
    MEMBER_BOOLEAN,
    MEMBER_INTEGER,
    MEMBER_STRING,
    MEMBER_SCOPE_NAME,   /* a string; renewed, it has underscores for blanks */
    MEMBER_STRINGS,      /* an array of strings */
    MEMBER_MAP,          /* an object of strings; `of` tells of its names */
    MEMBER_STRING_LISTS, /* an object of arrays of strings */
    MEMBER_OBJECT,       /* one object of the kind `of` */
    MEMBER_LIST,         /* an array of such */
    MEMBER_LISTS,        /* an object of such arrays */
} member_type;

typedef struct member_kind member_kind;

typedef struct member {
    const char *name;
    member_type type;
    member_fate fate;
    const member_kind *of;
    const char *idle; /* the JSON of values that ask for nothing, separated by '|', beside null,
                         false, 0, "", [] */
    const char
        *acted; /* texts, separated by '|', that are always acted upon, also in lists; NULL: none */
    const char *why; /* half a sentence; NULL: the name says it */
    bool number;     /* of a string: it is a whole number, */
    bool open;       /* or -1, as consoles write what is not limited */
    bool wide;       /* of an integer: it may have more than 32 bits, as Keycloak's */
    bool single;     /* of lists by name: one text may stand for a list of it, always */
    bool loud;       /* no value of it asks for nothing: what is switched off is what counts */
    bool trims;      /* its strings are names without blanks around them */
    /* Of a string, of each in a list, or of each between "##" of an attribute: why it has no effect
     * although Keycloak acts upon it. NULL, as from the function: it has. */
    const char *(*unmet)(ost_text one);
    /* Of the object that has it: why this member has no effect although Keycloak acts upon it;
     * NULL, as from the function: it has. The arena is for what is read. */
    const char *(*unfit)(const ost_json *object, const char *name, ost_arena *arena);
    const char *values;    /* texts, separated by '|', that are known, also in lists; NULL: any */
    const char *otherwise; /* half a sentence: what becomes of another one; NULL: nothing to say */
    member_fate stray;     /* of one with another, or an unmet, value; 0: MEMBER_TOLD */
    bool any_case;         /* capitals do not matter in `values` */
    bool flag;             /* of a string: it is true or false, in any case */
    const struct kept_shape *shape; /* whose unknown names the admin API refuses, too; NULL: none */
    const char *now; /* the name of today's layout: where the object has none of that, this is it;
                        NULL: the name is today's */
} member;

struct member_kind {
    const char *title;
    /* Keycloak's class of such objects, whose reader refuses names that it does not know. NULL: it
     * passes over them. */
    const char *representation;
    const char *name;        /* the member that tells one object from another; NULL: none */
    bool owned;              /* one object is told from another by the name of who has it */
    bool open;               /* names beyond the table are the user's own, and kept */
    const member_kind *base; /* the kind that has what this table lacks; NULL: none */
    const member *members;
    size_t count;
};

/* Of the kind or its base. NULL: no such member is known. */
const member *member_find(const member_kind *kind, ost_text name);

/* The member that differs least from a name that is in no table, by two letters at most or by their
 * case alone. NULL: none, or the name is too short to tell. */
const member *member_near(const member_kind *kind, ost_text name);

/* Why the first of the member's values that `unmet` knows has no effect; NULL: all have, or the
 * member is NULL. */
const char *member_unmet(const member *m, const ost_json *value);

/* Why a value, or one of a list, that is not among those of the member does not do what it seems to
 * say; NULL: it is, or the member is NULL. In the arena. */
const char *member_stray(const member *m, const ost_json *value, ost_arena *arena);

/* A value of the member as its table spells it: capitals do not matter in some. */
ost_text member_spelt(const member *m, ost_text text);

extern const member_kind member_realm, member_realm_attribute, member_scope_mapping;
extern const member_kind member_components, member_component, member_client,
    member_client_attribute;
extern const member_kind member_client_scope, member_client_scope_attribute, member_mapper,
    member_mapper_setting;
extern const member_kind member_mail_server;
extern const member_kind member_application, member_client_template;
extern const member_kind member_user, member_credential, member_consent, member_federated_identity;
extern const member_kind member_social_link;
extern const member_kind member_role, member_roles, member_composites, member_group;
extern const member_kind member_flow, member_flow_override, member_execution,
    member_authenticator_config;
extern const member_kind member_required_action, member_client_policies, member_client_policy;
extern const member_kind member_identity_provider, member_identity_provider_setting;
extern const member_kind member_identity_provider_mapper, member_identity_provider_mapper_setting;

#endif
