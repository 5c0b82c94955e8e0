/* SPDX-License-Identifier: Apache-2.0 */
/* One request to the admin REST API under way. */
#ifndef ADMIN_CALL_H
#define ADMIN_CALL_H

#include "provider/admin/admin_route.h"
#include "provider/admin/realm_admin.h"
#include "provider/call/call.h"
#include "store/session/store_session.h"

struct admin_call {
    call *call; /* of the realm that the token comes from */
    const admin_route *route;
    ost_text path;          /* below "/admin" */
    const ost_text *values; /* of the path's parameters, in their order */
    ost_text rest;          /* of the path, where its operation ends with "*" */
    admin_asker asker;
    admin_rights rights; /* over the realm of the path; of none: over any */
    ost_arena *arena;    /* large enough for a whole realm */
    http_form query;
    const ost_json *body;             /* of POST and PUT; NULL: empty */
    ost_text text;                    /* the body of an operation that takes plain text */
    realm_admin realm;                /* of the path, opened */
    int status;                       /* of the answer; 0: not decided */
    ost_text answer;                  /* JSON; empty: none */
    bool answer_is_text;              /* plain text instead, which may be empty */
    const char *location;             /* of what was created, below "/admin"; NULL: none */
    bool changed;                     /* requests must see what the store holds now */
    const struct mail_letter *letter; /* goes out before the answer, which is given once the mail
                                       * server has taken it; NULL: none */
    const char *unsent;               /* the answer when it does not */
    /* Asks somebody else for the answer, on the loop, and goes on once it is decided; `asked` is
     * the operation's own. NULL: nobody has to be asked. */
    void (*asks)(struct admin_call *admin, void (*go_on)(struct call *call));
    void *asked;
    call *entered; /* the call in the realm of the path, whose user the browser is from now
                    * on, in the session `begun`; NULL: it is who it was */
    store_session begun;
};

/* Decide the answer; all return OST_OK. `error`: the member that tells why, "error" or
 * "errorMessage". */
ost_result admin_refuse(admin_call *admin, int status, const char *error, const char *why);
ost_result admin_forbid(admin_call *admin);
ost_result admin_answer(admin_call *admin, ost_json_writer *writer);
ost_result admin_answer_json(admin_call *admin, const ost_json *value);
ost_result admin_answer_done(admin_call *admin);                          /* 204 */
ost_result admin_answer_created(admin_call *admin, const char *location); /* 201 */

/* Runs the operation on the realm of the path (`has_realm`), again if another process has changed
 * that meanwhile. `told` (may be NULL) is called where it has gone through, with the realm open.
 * Its answer is in the call; OST_E_CONFLICT: others were faster each time. */
ost_result admin_call_run(admin_call *admin, bool has_realm, void (*told)(admin_call *admin));

/* The call as one of the realm of the path: its own is that of the administrator. False: memory. */
bool admin_enter_realm(const admin_call *admin, call *ret_call);

/* An error of a function below: OST_E_CONFLICT and OST_E_MEMORY as they are, everything else is the
 * body's fault. */
ost_result admin_refuse_result(admin_call *admin, ost_result result, const ost_error *error);

/* The query's parameter; NULL data: absent. */
ost_text admin_parameter(const admin_call *admin, const char *name);
/* Whether it says true, in whatever case: clients in Python write "True". `fallback` when it is
 * absent or empty; anything else is false. */
bool admin_flag(const admin_call *admin, const char *name, bool fallback);
/* A number of it, `fallback` when it is absent; false: it is none, and the call is refused. */
bool admin_number(admin_call *admin, const char *name, int64_t fallback, int64_t *ret);

static inline bool admin_may(const admin_call *admin, admin_rights rights)
{
    return (admin->rights & rights) != 0;
}

/* The API's endpoint: "/admin/{path...}", any method. */
void admin_endpoint(http_exchange *exchange, void *provider);

/* ---- admin_realms.c, client_admin/admin_clients.c, admin_users.c, admin_consents.c,
 * admin_initial_access.c
 * ---- */
admin_handler admin_list_realms, admin_create_realm, admin_read_realm, admin_update_realm,
    admin_delete_realm;
admin_handler admin_list_clients, admin_create_client, admin_read_client, admin_update_client,
    admin_delete_client, admin_read_secret, admin_renew_secret;
admin_handler admin_list_users, admin_count_users, admin_create_user, admin_read_user,
    admin_update_user, admin_delete_user, admin_reset_password;
admin_handler admin_list_consents, admin_revoke_consent;
admin_handler admin_create_initial_access, admin_list_initial_access, admin_delete_initial_access;
admin_handler admin_renew_registration_token;

#endif
