/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include <stdio.h>

#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/store.h"
#include "temporary.h"

store *db;
ost_arena *arena;

const store_user alice = {
    .id = {"u1", 2},
    .realm = {"r", 1},
    .username = {"alice", 5},
    .email = {"alice@example.com", 17},
    .document = {"{}", 2},
    .enabled = true,
};
const store_session session = {
    .id = {"s1", 2},
    .realm = {"r", 1},
    .user_id = {"u1", 2},
    .ends = 1000,
    .idle_ends = 500,
    .notes = {"{}", 2},
};
const store_client_session client_session = {
    .session_id = {"s1", 2},
    .client_id = {"c", 1},
    .refresh_id = {"t1", 2},
    .notes = {"{}", 2},
};
const store_code code = {
    .id = {"code", 4},
    .realm = {"r", 1},
    .session_id = {"s1", 2},
    .client_id = {"c", 1},
    .expires = 100,
};

static int setup_with(const char *path)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    arena = ost_arena_new(16 << 20);
    if (store_open(path, &db, NULL) != OST_OK ||
        store_realm_create(db, &realm, &alice, 1, NULL, 0, NULL) != OST_OK)
        return -1;
    return (int)store_login(db, &session, &client_session, &code);
}

static int setup_memory(void **state)
{
    return setup_with(temporary_store());
}

static int setup_file(void **state)
{
    return setup_with(temporary_path("file.db"));
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    temporary_remove();
    return 0;
}

int run_on_stores(const char *name, const struct CMUnitTest *tests, size_t count)
{
    char memory[64], file[64];
    snprintf(memory, sizeof memory, "store-%s-memory", name);
    snprintf(file, sizeof file, "store-%s-file", name);
    return _cmocka_run_group_tests(memory, tests, count, setup_memory, teardown) +
           _cmocka_run_group_tests(file, tests, count, setup_file, teardown);
}
