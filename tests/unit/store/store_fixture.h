/* SPDX-License-Identifier: Apache-2.0 */
/* A store with the realm r, its user alice, and her login: the session s1 at the client c, with a
 * code and the refresh token t1. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <stddef.h>

#include "store/grant/store_code.h"
#include "store/session/store_session.h"
#include "store/user/user_record.h"
#include "test.h"

extern store *db;
extern ost_arena *arena;

extern const store_user alice;
extern const store_session session;
extern const store_client_session client_session;
extern const store_code code;

/* Runs each of the tests on one such store, first where temporary_store says, then in a file of its
 * own; returns how many failed. */
int run_on_stores(const char *name, const struct CMUnitTest *tests, size_t count);

#endif
