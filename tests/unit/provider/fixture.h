/* SPDX-License-Identifier: Apache-2.0 */
/* A provider without a network: a realm in memory, and calls to it as endpoints see them. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <string.h>

#include "base/text.h"
#include "provider/call/call.h"
#include "provider/token/grant.h"
#include "test.h"

#define FIXTURE_NOW 1700000000 /* what the clock says until fixture_time is moved */

typedef struct fixture {
    provider provider;
    realm_table *realms;
    ost_arena *arena; /* of the current call; reset by fixture_call */
    call call;
    http_request request;
} fixture;

extern int64_t fixture_time;

/* Imports the program's realm, realms/NAME.json; fails the test program when it cannot. */
fixture *fixture_new(void);
void fixture_free(fixture *fixture);

/* A fresh call to the realm by the named client (NULL: none yet). */
call *fixture_call(fixture *fixture, const char *realm, const char *client_id);

/* A grant of the call's client to a user (NULL: to its own account) for a scope. */
grant fixture_grant(call *call, const char *username, const char *scope);

/* The payload of a token, and one claim of it as JSON text ("" when absent). */
const ost_json *fixture_claims(call *call, ost_text token);
const char *fixture_claim(call *call, ost_text token, const char *name);

/* The names of an object's members, separated by spaces. */
const char *fixture_names(call *call, const ost_json *object);

#endif
