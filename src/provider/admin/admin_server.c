/* SPDX-License-Identifier: Apache-2.0 */
/* What the server says of itself, the account of a client, and what its adapter is configured with;
 * what Keycloak keeps in memory. */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/client_part.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define KEYCLOAK_VERSION "24.0.5" /* whose API this is: clients choose by it what they ask */

static void put_strings(ost_json_writer *w, const char *name, const char *const *strings,
                        size_t count)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++)
        ost_json_put_text(w, text_of(strings[i]));
    ost_json_close_array(w);
}

static void put_system(const admin_call *a, ost_json_writer *w)
{
    char text[64];
    struct tm utc;
    time_t now = (time_t)a->call->now;
    ost_json_put_name(w, OST_TEXT("systemInfo"));
    ost_json_open_object(w);
    ost_json_member_string(w, "version", KEYCLOAK_VERSION);
    if (gmtime_r(&now, &utc) != NULL &&
        strftime(text, sizeof text, "%a %b %d %H:%M:%S UTC %Y", &utc) > 0)
        ost_json_member_string(w, "serverTime", text);
    int64_t seconds = a->call->now - a->call->provider->started;
    snprintf(text, sizeof text, "%lld days, %lld hours, %lld minutes, %lld seconds",
             (long long)(seconds / 86400), (long long)(seconds / 3600 % 24),
             (long long)(seconds / 60 % 60), (long long)(seconds % 60));
    ost_json_member_string(w, "uptime", text);
    ost_json_member_integer(w, "uptimeMillis", seconds * 1000);
    ost_json_member_string(w, "fileEncoding", "UTF-8");
    ost_json_member_string(w, "userTimezone", "Etc/UTC");
    ost_json_close_object(w);
}

/* The most that the process has had at once. */
static void put_memory(ost_json_writer *w)
{
    struct rusage usage = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    ost_json_put_name(w, OST_TEXT("memoryInfo"));
    ost_json_open_object(w);
    ost_json_member_integer(w, "used", (int64_t)usage.ru_maxrss * 1024);
    ost_json_close_object(w);
}

/* What there is of each feature's name: nothing that is a preview. */
static void put_profile(ost_json_writer *w)
{
    ost_json_put_name(w, OST_TEXT("profileInfo"));
    ost_json_open_object(w);
    ost_json_member_string(w, "name", "default");
    put_strings(w, "disabledFeatures", NULL, 0);
    put_strings(w, "previewFeatures", NULL, 0);
    put_strings(w, "experimentalFeatures", NULL, 0);
    ost_json_close_object(w);
}

static void put_enums(ost_json_writer *w)
{
    static const char *const operations[] = {"CREATE", "UPDATE", "DELETE", "ACTION"};
    static const char *const ssl[] = {"ALL", "EXTERNAL", "NONE"};
    ost_json_put_name(w, OST_TEXT("enums"));
    ost_json_open_object(w);
    put_strings(w, "operationType", operations, ARRAY_LEN(operations));
    put_strings(w, "sslRequired", ssl, ARRAY_LEN(ssl));
    ost_json_close_object(w);
}

/* The names by which tools look for what is there before they ask for it (server_offer.json): of
 * Keycloak's themes, which all look alike here, and of what else realms may name. */
static ost_result put_offer(ost_arena *arena, ost_json_writer *w)
{
    extern const unsigned char server_offer_json[];
    extern const size_t server_offer_json_len;
    const ost_json *offer = NULL;
    ost_result result = ost_json_read(text_of_bytes(server_offer_json, server_offer_json_len), NULL,
                                      arena, &offer, NULL);
    for (const ost_json *at = ost_json_first(offer); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    return result;
}

ost_result admin_read_server(admin_call *a)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    put_system(a, w);
    put_memory(w);
    put_profile(w);
    put_enums(w);
    ost_result result = put_offer(a->arena, w);
    ost_json_close_object(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

/* ---- of a client ---- */

static void put_account(ost_json_writer *w, const store_user *user)
{
    ost_json_open_object(w);
    ost_json_member_text(w, "id", user->id);
    ost_json_member_text(w, "username", user->username);
    ost_json_member_boolean(w, "emailVerified", false);
    ost_json_member_integer(w, "createdTimestamp", user->created * 1000);
    ost_json_member_boolean(w, "enabled", user->enabled);
    ost_json_member_boolean(w, "totp", false);
    put_strings(w, "disableableCredentialTypes", NULL, 0);
    put_strings(w, "requiredActions", NULL, 0);
    ost_json_member_integer(w, "notBefore", 0);
    ost_json_close_object(w);
}

ost_result admin_read_service_account(admin_call *a)
{
    admin_owner owner;
    store_user user;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    if (!owner.client->service_account)
        return admin_refuse(a, 400, "error", "unknown_error");
    ost_result result =
        store_user_find(a->realm.store, a->realm.row.name,
                        text_of(owner.client->service_account_user), false, a->arena, &user);
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 400, "error", "unknown_error");
    if (result != OST_OK)
        return result;
    put_account(w, &user);
    return admin_answer(a, w);
}

/* keycloak.json of Keycloak's adapters. */
ost_result admin_read_installation(admin_call *a)
{
    admin_owner owner;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    const char *server = ost_arena_format(a->arena, "%s/", a->call->base);
    if (w == NULL || server == NULL)
        return OST_E_MEMORY;
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    if (!text_is(a->values[2], "keycloak-oidc-keycloak-json"))
        return admin_refuse(a, 404, "error", "Unknown Provider");
    client_part_put_installation(w, a->realm.realm, owner.client, server);
    return admin_answer(a, w);
}

/* A change is seen at once, so that nothing waits to be forgotten. */
ost_result admin_clear_cache(admin_call *a)
{
    return admin_answer_done(a);
}
