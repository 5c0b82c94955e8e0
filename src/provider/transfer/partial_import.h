/* SPDX-License-Identifier: Apache-2.0 */
/* A partial import under way: some users, clients, roles, groups and identity providers come to a
 * realm that exists. Worked out beside the realm, stored as a whole. */
#ifndef PARTIAL_IMPORT_H
#define PARTIAL_IMPORT_H

#include "base/json/json_finder.h"
#include "provider/admin/admin_call.h"
#include "provider/member/member.h"

typedef enum partial_policy { PARTIAL_FAIL, PARTIAL_SKIP, PARTIAL_OVERWRITE } partial_policy;
typedef enum partial_action { PARTIAL_ADDED, PARTIAL_SKIPPED, PARTIAL_OVERWRITTEN } partial_action;
#define PARTIAL_ACTIONS 3

/* One kind of object that the body has lists of. */
typedef struct partial_kind {
    const char *type; /* Keycloak's word: "CLIENT" */
    const char *name; /* the member that tells them apart */
    const member_kind *kind;
} partial_kind;
extern const partial_kind partial_client, partial_realm_role, partial_client_role, partial_group,
    partial_user, partial_provider, partial_provider_mapper;

/* What becomes of one object. */
typedef struct partial_result {
    struct partial_result *next;
    partial_action action;
    const partial_kind *kind;
    ost_text owner, name; /* `owner`: of a role, its client */
    const ost_json *object;
} partial_result;

typedef struct partial_import {
    admin_call *admin;
    partial_policy policy;
    const ost_json *body;     /* looked through */
    const ost_json *document; /* of the realm, as it is to be */
    const ost_json *users;    /* to be stored: an array */
    json_finder finder;       /* of the call's arena */
    partial_result *first, **end;
    size_t count[PARTIAL_ACTIONS];
} partial_import;

/* Merges the body with the realm. What is wrong refuses the call: look at its status. */
OST_MUST_CHECK ost_result partial_merge(partial_import *import);

/* Nobody gives more than they have, also by what they import: refuses the call otherwise. */
OST_MUST_CHECK ost_result partial_check_grants(partial_import *import);

#endif
