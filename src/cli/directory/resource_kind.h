/* SPDX-License-Identifier: Apache-2.0 */
/* What realms have many of: clients, users, roles, groups; and realms themselves. Listed, shown,
 * made, changed and deleted in the same way, by the name that people know. */
#ifndef RESOURCE_KIND_H
#define RESOURCE_KIND_H

#include "cli/directory/administrator.h"

/* One that was found. */
typedef struct resource {
    const char *path; /* below the realm; of a realm "" */
    const ost_json *json;
} resource;

typedef struct resource_kind {
    const char *noun;
    const char *name;                  /* the member that is its name: "clientId" */
    const struct member_kind *members; /* that it has */
    const char *path;                  /* of all of its kind; NULL: `place` and `list` say it */
    bool lists;                        /* its attributes are lists of texts */
    bool switched;                     /* it is enabled or not; a new one is */
    bool of_server;                    /* its path is the server's, and not below a realm */
    /* OST_E_NOT_FOUND with a sentence. */
    ost_result (*find)(administrator *a, const option_values *values, const char *name,
                       resource *ret_found, ost_error *error);
    /* Where it is to be made, and what it is called there; NULL: at `path`, by its name. */
    ost_result (*place)(administrator *a, const option_values *values, const char **name,
                        const char **ret_path, ost_error *error);
    ost_result (*list)(administrator *a, const option_values *values,
                       ost_error *error); /* NULL: what `path` answers is the list */
    void (*print)(const ost_json *json);  /* a line of the list */
} resource_kind;

extern const resource_kind realm_kind, client_kind, user_kind, role_kind, group_kind;

/* The five things that can be done; the first operand is the name. */
int resource_list(const resource_kind *kind, const option_values *values);
int resource_show(const resource_kind *kind, const option_values *values);
int resource_create(const resource_kind *kind, const option_values *values);
int resource_set(const resource_kind *kind, const option_values *values);
int resource_delete(const resource_kind *kind, const option_values *values);

/* run_list, run_show, run_create, run_set and run_delete of a kind, for its commands. */
#define RESOURCE_RUN_ALL(kind)                                                                     \
    RESOURCE_RUN(list, kind)                                                                       \
    RESOURCE_RUN(show, kind)                                                                       \
    RESOURCE_RUN(create, kind)                                                                     \
    RESOURCE_RUN(set, kind)                                                                        \
    RESOURCE_RUN(delete, kind)
#define RESOURCE_RUN(verb, kind)                                                                   \
    static int run_##verb(const option_values *values)                                             \
    {                                                                                              \
        return resource_##verb(&(kind), values);                                                   \
    }

/* Each object of a list, as a line or as JSON, which is without secrets. */
OST_MUST_CHECK ost_result resource_print(administrator *a, const resource_kind *kind,
                                         const option_values *values, const ost_json *list);
OST_MUST_CHECK ost_result resource_print_json(administrator *a, const ost_json *json);
/* A member of an object, and a tab or a line feed behind it. */
void resource_put(const ost_json *json, const char *member, char end);
/* "enabled" or "disabled", and the end of the line; `fallback`: when the object does not say. */
void resource_put_switch(const ost_json *json, bool fallback);

/* A client, a user and a role by the names that options and operands give. */
OST_MUST_CHECK ost_result resource_client(administrator *a, const char *client_id,
                                          resource *ret_found, ost_error *error);
OST_MUST_CHECK ost_result resource_user(administrator *a, const char *name, resource *ret_found,
                                        ost_error *error);
OST_MUST_CHECK ost_result resource_group(administrator *a, const char *path, resource *ret_found,
                                         ost_error *error);
/* `client` NULL: a role of the realm. */
OST_MUST_CHECK ost_result resource_role(administrator *a, const char *client, const char *name,
                                        resource *ret_found, ost_error *error);

/* What commands that work on the store do at a server (--server). */
int remote_user_add_role(const option_values *values);
int remote_user_enable(const option_values *values);
int remote_user_disable(const option_values *values);
int remote_user_set_password(const option_values *values);
int remote_client_secret(const option_values *values);
int remote_user_add(const option_values *values);
int remote_key_list(const option_values *values);
int remote_key_rotate(const option_values *values);
int remote_session_list(const option_values *values);
int remote_session_end(const option_values *values);
int remote_realm_export(const option_values *values);
int remote_realm_import(const option_values *values);

/* What is said of a new key: realm, seconds. */
#define KEY_ROTATED                                                                                \
    "Realm %s has a new signing key. It is published now and signs in %llu s; the one before "     \
    "stays published until its last token has expired.\n"

/* Gives a role to what is at `path`, or takes it away. */
OST_MUST_CHECK ost_result resource_map(administrator *a, const char *path, const char *client,
                                       const char *role, bool give, ost_error *error);

#endif
