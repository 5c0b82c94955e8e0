/* SPDX-License-Identifier: Apache-2.0 */
/* Who administers for a command: by the operations of the admin API, at the store, or (--server) at
 * a running server, ours or a Keycloak. */
#ifndef ADMINISTRATOR_H
#define ADMINISTRATOR_H

#include <ostiary/json.h>

#include "cli/command.h"
#include "http/http.h"
#include "store/store.h"

/* Of commands that can do both. The login's password is never an option's value. */
#define ADMINISTRATOR_SERVER_OPTIONS                                                               \
    {"server", "URL", NULL, NULL, "administer this server by its admin API, not the store"},       \
        {"login-user", "NAME", NULL, NULL,                                                         \
         "sign in there as this user (admin); the password is read from standard input first"},    \
        {"login-password-file", "FILE", NULL, NULL, "the password's file"},                        \
        {"login-realm", "NAME", NULL, NULL, "the realm to sign in to (master)"},                   \
        {"login-client", "CLIENT", NULL, NULL, "sign in as this client, not a user"},              \
        {"login-secret-file", "FILE", NULL, NULL, "the client's secret"},                          \
        {"token-file", "FILE", NULL, NULL, "an access token, instead of a login"},                 \
    {                                                                                              \
        "ca-file", "FILE", NULL, NULL, "PEM: who vouches for the server (the system's)"            \
    }
#define ADMINISTRATOR_OPTIONS                                                                      \
    {"realm", "NAME", NULL, NULL, "the realm (required)"},                                         \
        {"json", NULL, NULL, NULL, "print JSON"},                                                  \
        {"quiet", NULL, NULL, NULL, "print nothing about what was done"},                          \
        ADMINISTRATOR_SERVER_OPTIONS, COMMAND_STORE_OPTIONS

struct remote;
struct resource_kind;
typedef struct administrator {
    ost_arena *arena;
    struct store *store;              /* NULL: */
    struct remote *remote;            /* the server */
    const char *realm;                /* that is administered; NULL: none */
    const struct resource_kind *kind; /* what the command is about; NULL: several things */
} administrator;

/* Asks for "/realms/REALM" and `below` it (a format; segments of names are percent-encoded by
 * administrator_segment), with a body or an empty one. OST_OK: it was done, *ret_json (may be NULL)
 * is the answer, NULL without one. Otherwise the error has the server's sentence: OST_E_NOT_FOUND,
 * OST_E_CONFLICT, OST_E_STATE, OST_E_ARGUMENT. */
OST_MUST_CHECK ost_result administrator_ask(administrator *administrator, http_method method,
                                            const char *below, ost_text body,
                                            const ost_json **ret_json, ost_error *error);
/* The same below "/admin". */
OST_MUST_CHECK ost_result administrator_ask_server(administrator *administrator, http_method method,
                                                   const char *path, ost_text body,
                                                   const ost_json **ret_json, ost_error *error);

/* A name as a segment of a path, or a value of a query. */
const char *administrator_segment(administrator *administrator, const char *name);

/* Opens what the options name, does the work, tells what went wrong. Returns an exit code. */
typedef ost_result administrator_work(administrator *administrator, const option_values *values,
                                      ost_error *error);
int administrator_run(const option_values *values, const char *doing,
                      const struct resource_kind *kind, administrator_work *work);
/* The same where the first operand names the realm, if any. */
int administrator_run_realm(const option_values *values, const char *doing,
                            const struct resource_kind *kind, administrator_work *work);

#endif
