/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator may do to a realm: the roles of the client realm-management, those of the
 * realm "master", and of its clients NAME-realm. */
#ifndef ADMIN_RIGHT_H
#define ADMIN_RIGHT_H

#include "provider/call/call.h"
#include "provider/session/bearer_token.h"

typedef unsigned admin_rights; /* a set of the following */
enum {
    RIGHT_CREATE_CLIENT = 1 << 0,
    RIGHT_MANAGE_CLIENTS = 1 << 1,
    RIGHT_MANAGE_REALM = 1 << 2,
    RIGHT_MANAGE_USERS = 1 << 3,
    RIGHT_QUERY_CLIENTS = 1 << 4,
    RIGHT_QUERY_GROUPS = 1 << 5,
    RIGHT_QUERY_REALMS = 1 << 6,
    RIGHT_QUERY_USERS = 1 << 7,
    RIGHT_VIEW_CLIENTS = 1 << 8,
    RIGHT_VIEW_REALM = 1 << 9,
    RIGHT_VIEW_USERS = 1 << 10,
    RIGHT_CREATE_REALM = 1 << 11, /* of the realm "master" */
    RIGHT_ADMIN = 1 << 12,        /* of the realm "master": everything, everywhere */
    RIGHT_OTHER = 1 << 13,        /* some other role of realm-management */
    RIGHT_IMPERSONATION = 1 << 14,
    RIGHT_MANAGE_AUTHORIZATION = 1 << 15,
    RIGHT_VIEW_AUTHORIZATION = 1 << 16,
    RIGHT_MANAGE_EVENTS = 1 << 17,
    RIGHT_VIEW_EVENTS = 1 << 18,
    RIGHT_MANAGE_IDENTITY_PROVIDERS = 1 << 19,
    RIGHT_VIEW_IDENTITY_PROVIDERS = 1 << 20,
};

/* Who administers. Everything lives as long as the call. */
typedef struct admin_asker {
    const realm *realm; /* that they are a user of */
    ost_text user;      /* their id */
    const ost_claims *claims;
    realm_roles roles; /* that the user has now */
    bool everything;   /* no token, but who may do it all: who has the store */
    bool all; /* a token that was not made for administration narrows them to what it says */
} admin_asker;

/* Verifies the token, its session and its user, of the call's realm. The call then knows its client
 * and its user. OST_E_TOKEN_FORMAT and others: nobody. On the pool. */
OST_MUST_CHECK ost_result admin_right_read(call *call, const shown_token *token,
                                           admin_asker *ret_asker);

/* What they may do to the realm `target`; empty: to any realm at all. A user of master by its roles
 * "admin" and "create-realm", and those of its clients NAME-realm; others in their own realm alone.
 */
admin_rights admin_right_over(const admin_asker *asker, ost_text target);

/* Who has one of these rights may give the role of realm-management, or of the realm "master", to
 * others. */
admin_rights admin_right_to_grant(ost_text role);
admin_rights admin_right_of_master(ost_text role);

/* Writes the names of the rights as an array. */
void admin_rights_put(admin_rights rights, ost_json_writer *writer);

#endif
