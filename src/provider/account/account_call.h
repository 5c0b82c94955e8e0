/* SPDX-License-Identifier: Apache-2.0 */
/* One request to the account REST API under way: what users do to their own account, in the layout
 * of Keycloak 24. The user is the token's, never the request's. */
#ifndef ACCOUNT_CALL_H
#define ACCOUNT_CALL_H

#include "provider/call/call.h"
#include "store/user/user_record.h"

/* A set of roles of the client "account". */
typedef unsigned account_rights;
enum {
    ACCOUNT_VIEW_PROFILE = 1 << 0,
    ACCOUNT_MANAGE = 1 << 1,
    ACCOUNT_VIEW_APPLICATIONS = 1 << 2,
    ACCOUNT_VIEW_CONSENT = 1 << 3,
    ACCOUNT_MANAGE_CONSENT = 1 << 4,
    ACCOUNT_VIEW_GROUPS = 1 << 5,
};

typedef struct account_call {
    call *call; /* its client is the one that the token was issued to */
    account_rights rights;
    ost_text session; /* the token's; empty: it has none */
    store_user user;
    const ost_json *document; /* of the user */
    ost_text value;           /* what "*" of the operation's path stands for */
    http_form query;
    const ost_json *body; /* of POST and PUT; NULL: empty */
    int status;           /* of the answer; 0: not decided */
    ost_text answer;      /* JSON; empty: none */
    bool tells;           /* an event of this type is told at the end */
    event_type event;
} account_call;

/* OST_E_CONFLICT: the user has been changed since they were read, and the operation is tried again.
 * OST_E_STORE and the like: 503. Otherwise the answer has been decided. On the pool. */
typedef ost_result account_handler(account_call *account);

/* An operation of the API. */
typedef struct account_route {
    http_method method;
    const char *path;      /* below "/account"; a "*" stands for any text, slashes too */
    account_rights rights; /* one of them is needed; 0: none beyond a token for accounts */
    account_handler *run;
    bool hashes; /* passwords: slow */
} account_route;

/* NULL: there is none; *ret_known tells whether the path has operations of other methods. A slash
 * before and at the end of the path counts for nothing. */
const account_route *account_route_find(http_method method, ost_text path, ost_text *ret_value,
                                        bool *ret_known);

/* Decide the answer; all return OST_OK. `error`: the member that tells why, "error" or
 * "errorMessage". */
ost_result account_refuse(account_call *account, int status, const char *error, const char *why);
ost_result account_done(account_call *account); /* 204 */
/* What a writer has. OST_E_MEMORY and other errors of the writer. */
ost_result account_answer(account_call *account, ost_json_writer *writer);

/* The event of a change that went well. */
void account_tell(account_call *account, event_type type);

/* Is the query's parameter this text? */
bool account_asks(const account_call *account, const char *name, const char *value);

/* The endpoint of "/realms/{realm}/account" and of all below it, any method. */
void account_endpoint(http_exchange *exchange, void *provider);

/* ---- the operations ---- */
account_handler account_read_profile, account_update_profile; /* account_profile.c */
account_handler account_list_credentials, account_read_password,
    account_label_credential, /* account_…s.c */
    account_delete_credential, account_change_password;
account_handler account_list_sessions, account_list_devices, account_end_sessions,
    account_end_session;                   /* account_sessions.c */
account_handler account_list_applications; /* account_applications.c */
account_handler account_read_consent, account_put_consent, account_revoke_consent;
account_handler account_list_groups;                                       /* account_groups.c */
account_handler account_list_linked, account_link_address, account_unlink; /* account_linked.c */
account_handler account_list_locales, account_list_nothing;                /* account_routes.c */

#endif
