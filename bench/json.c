/* SPDX-License-Identifier: Apache-2.0 */
/* Reading 889 bytes of claims: our strict reader over an arena that is reset each time, against
 * jansson in its strict mode. The second row also looks up the claims that a guard needs. */
#include <jansson.h>
#include <stdio.h>

#include <ostiary/json.h>

#include "base/array.h"
#include "base/context.h"
#include "compare.h"

static const char claims[] =
    "{\"exp\":1700000300,\"iat\":1700000000,\"auth_time\":1700000000,"
    "\"jti\":\"6a0dd71f-93e2-4c1e-b9c6-2d0ddc2f5c2e\","
    "\"iss\":\"http://localhost:8080/realms/myrealm\",\"aud\":[\"myapi\",\"account\"],"
    "\"sub\":\"f7b9a0b4-3c0f-4d1c-9c43-2f3b6a3a1d55\",\"typ\":\"Bearer\",\"azp\":\"myclient\","
    "\"session_state\":\"5c0a9a1e-7b7f-4f6c-8f6b-0f8b7b0c9e11\",\"acr\":\"1\","
    "\"allowed-origins\":[\"http://localhost:8000\"],\"realm_access\":{\"roles\":["
    "\"default-roles-myrealm\",\"offline_access\",\"uma_authorization\"]},\"resource_access\":{"
    "\"myapi\":{\"roles\":[\"reader\",\"writer\"]},\"account\":{\"roles\":[\"manage-account\","
    "\"manage-account-links\",\"view-profile\"]}},"
    "\"scope\":\"openid email profile "
    "offline_access\",\"sid\":\"5c0a9a1e-7b7f-4f6c-8f6b-0f8b7b0c9e11\","
    "\"groups\":[\"/staff/editors\",\"/staff\"],\"locale\":\"en\","
    "\"email_verified\":true,\"name\":\"Alice Pleasance Liddell\",\"preferred_username\":\"alice\","
    "\"given_name\":\"Alice\",\"family_name\":\"Liddell\",\"email\":\"alice@people.example.org\"}";
_Static_assert(sizeof claims - 1 == 889, "the size that is stated");

static bool ours_read(void *user, size_t turn)
{
    ost_arena *arena = user;
    const ost_json *value;
    ost_arena_reset(arena);
    return ost_json_read((ost_text){claims, sizeof claims - 1}, NULL, arena, &value, NULL) ==
           OST_OK;
}

static bool peer_read(void *user, size_t turn)
{
    json_t *value = json_loadb(claims, sizeof claims - 1, JSON_REJECT_DUPLICATES, NULL);
    json_decref(value);
    return value != NULL;
}

static const char *const looked_up[] = {"iss", "aud", "exp", "iat", "sub", "typ", "azp", "scope"};

static bool ours_look_up(void *user, size_t turn)
{
    ost_arena *arena = user;
    const ost_json *value;
    ost_arena_reset(arena);
    if (ost_json_read((ost_text){claims, sizeof claims - 1}, NULL, arena, &value, NULL) != OST_OK)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(looked_up); i++) {
        if (ost_json_get(value, looked_up[i]) == NULL)
            return false;
    }
    return true;
}

static bool peer_look_up(void *user, size_t turn)
{
    json_t *value = json_loadb(claims, sizeof claims - 1, JSON_REJECT_DUPLICATES, NULL);
    bool found = true;
    for (size_t i = 0; i < ARRAY_LEN(looked_up); i++)
        found = found && json_object_get(value, looked_up[i]) != NULL;
    json_decref(value);
    return found;
}

int main(int argc, char **argv)
{
    bool json = bench_json(argc, argv);
    ost_arena *arena = ost_arena_new((size_t)1 << 16);
    bool good = arena != NULL && bench_compare("json-read", ours_read, peer_read, arena, 2, json) &&
                bench_compare("json-look-up", ours_look_up, peer_look_up, arena, 2, json);
    uint64_t before = memory_count();
    if (good && !json && ours_look_up(arena, 0))
        printf("%-28s allocations a reading: %llu; %zu bytes of arena\n", "json-read",
               (unsigned long long)(memory_count() - before), ost_arena_used(arena));
    ost_arena_free(arena);
    return good ? 0 : 1;
}
