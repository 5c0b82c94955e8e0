/* SPDX-License-Identifier: Apache-2.0 */
/* A realm for fuzz targets; see one_realm.h. */
#include "one_realm.h"

#include <stdlib.h>

#include "base/text.h"
#include "provider/file/realm_import.h"

/* Makes the realm's keys before the time of the first input is taken. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

static const char document[] =
    "{\"realm\":\"x\",\"enabled\":true,\"clients\":["
    "{\"clientId\":\"web\",\"secret\":\"s\",\"implicitFlowEnabled\":true,"
    "\"redirectUris\":[\"https://web.example/cb\",\"https://web.example/deep/*\"]},"
    "{\"clientId\":\"spa\",\"publicClient\":true,\"redirectUris\":[\"app:/cb\"],"
    "\"attributes\":{\"pkce.code.challenge.method\":\"S256\"}},"
    "{\"clientId\":\"mac\",\"secret\":\"0123456789abcdef0123456789abcdef\","
    "\"clientAuthenticatorType\":\"client-secret-jwt\"},"
    "{\"clientId\":\"tv\",\"publicClient\":true,"
    "\"attributes\":{\"oauth2.device.authorization.grant.enabled\":\"true\"}},"
    "{\"clientId\":\"off\",\"enabled\":false,\"redirectUris\":[\"https://off.example/\"]},"
    "{\"clientId\":\"api\",\"bearerOnly\":true}]}";

static int64_t no_time(void *user)
{
    (void)user;
    return 1700000000;
}

static const ost_context context = {.now = no_time};
static provider one = {.context = &context, .development = true};
static const http_request request = {.method = HTTP_GET};

static void load(void)
{
    ost_error error = {0};
    realm_table *table;
    if (store_open(":memory:", &one.store, &error) != OST_OK ||
        realm_import_document(one.store, text_of(document), &context, &error) != OST_OK ||
        realm_table_load(one.store, NULL, NULL, NULL, &table, &error) != OST_OK)
        abort();
    (void)published_replace(&one.realms, table);
}

call *one_realm_call(void)
{
    static ost_arena *arena;
    static call the_call;
    if (arena == NULL) {
        arena = ost_arena_new((size_t)16 << 20);
        load();
    }
    ost_arena_reset(arena);
    const realm_entry *entry = provider_realm(&one, OST_TEXT("x"), arena);
    the_call = (call){.provider = &one,
                      .request = &request,
                      .arena = arena,
                      .entry = entry,
                      .realm = entry->realm,
                      .base = "https://id.example",
                      .issuer = "https://id.example/realms/x",
                      .now = 1700000000};
    return &the_call;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    (void)one_realm_call();
    return 0;
}
