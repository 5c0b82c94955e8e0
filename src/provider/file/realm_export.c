/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a realm as a file that Keycloak and Ostiary import; see realm_import.h. */
#include "base/json/json_writer.h"
#include "provider/file/realm_import.h"

#include <stdlib.h>

#include <ostiary/json.h>

#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/file/user_merge.h"
#include "provider/key/key_component.h"
#include "provider/realm/consent_row.h"
#include "store/realm/realm_missing.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/realm/store_realm.h"
#include "store/user/store_consent.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define KEYCLOAK_VERSION "24.0.5" /* whose layout the built-in parts have */
#define MAX_EXPORT ((size_t)128 << 20)

static const ost_json_limits limits = {
    .max_bytes = MAX_EXPORT, .max_depth = 64, .max_values = (size_t)1 << 22};

/* Every member but the one named. */
static void put_members(ost_json_writer *w, const ost_json *object, const char *left_out)
{
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), left_out))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
}

/* Keycloak refuses a file with consents to clients that the file does not have. */
static ost_result read_consents(const realm *r, store *s, ost_text user_id, ost_arena *arena,
                                const ost_json **ret_consents)
{
    store_consent *rows;
    size_t count;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result = w != NULL
                            ? store_consent_list(s, text_of(r->name), user_id, arena, &rows, &count)
                            : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        ost_text client_id = consent_client_id(r, rows[i].client);
        if (client_id.len == 0 || realm_find_client(r, client_id) == NULL)
            continue;
        ost_json_open_object(w);
        consent_row_write(client_id, &rows[i], w);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    return json_writer_read(w, &limits, ret_consents, NULL);
}

static ost_result put_user(ost_json_writer *w, const realm *r, store *s, const store_user *user,
                           ost_arena *arena)
{
    const ost_json *consents;
    ost_result result = read_consents(r, s, user->id, arena, &consents);
    return result == OST_OK ? user_write(user, consents, w, arena) : result;
}

static ost_result put_users(ost_json_writer *w, const realm *r, store *s, ost_arena *arena)
{
    store_user *users;
    size_t count;
    ost_result result = store_user_list(s, text_of(r->name), arena, &users, &count);
    if (result != OST_OK)
        return result;
    ost_json_put_name(w, OST_TEXT("users"));
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = put_user(w, r, s, &users[i], arena);
    ost_json_close_array(w);
    return result;
}

/* Two exports of one realm say the same, whenever its keys were made. */
static int by_kid(const void *a, const void *b)
{
    return text_compare(((const store_key *)a)->kid, ((const store_key *)b)->kid);
}

/* The components of the document, and the keys of the store beside those that it has. */
static ost_result put_components(ost_json_writer *w, const ost_json *components, store *s,
                                 const store_realm *row, ost_arena *arena)
{
    store_key *keys;
    size_t count;
    ost_result result = store_key_list(s, row->name, arena, &keys, &count);
    if (result != OST_OK)
        return result;
    qsort(keys, count, sizeof *keys, by_kid);
    ost_json_put_name(w, OST_TEXT("components"));
    ost_json_open_object(w);
    put_members(w, components, KEY_PROVIDER);
    ost_json_put_name(w, OST_TEXT(KEY_PROVIDER));
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(ost_json_get(components, KEY_PROVIDER)); at != NULL;
         at = ost_json_next(at))
        ost_json_put_value(w, at);
    result = key_components_write(keys, count, row->id, w, arena);
    ost_json_close_array(w);
    ost_json_close_object(w);
    return result;
}

static ost_result put_all_users(ost_json_writer *w, const store_realm *row, store *s,
                                ost_arena *arena)
{
    realm *r;
    ost_result result = realm_load(row->document, row->version, &r, NULL);
    if (result != OST_OK)
        return result;
    result = put_users(w, r, s, arena);
    realm_unref(r);
    return result;
}

ost_result realm_export(store *s, ost_text name, bool with_users, ost_arena *arena,
                        ost_text *ret_document, ost_error *error)
{
    store_realm row;
    const ost_json *document;
    ost_json_writer *w = ost_json_writer_new(arena, MAX_EXPORT);
    ost_result result = w != NULL ? store_realm_get(s, name, arena, &row) : OST_E_MEMORY;
    if (result == OST_E_NOT_FOUND)
        return realm_missing(s, name, arena, error);
    if (result == OST_OK)
        result = ost_json_read(row.document, &limits, arena, &document, NULL);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), "keycloakVersion") ||
            text_is(ost_json_name(at), "components"))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    /* Without it Keycloak 26 takes the file for one of its own, and its tokens lack "sub". */
    const ost_json *version = ost_json_get(document, "keycloakVersion");
    if (version != NULL)
        ost_json_member_value(w, "keycloakVersion", version);
    else
        ost_json_member_string(w, "keycloakVersion", KEYCLOAK_VERSION);
    result = put_components(w, ost_json_get(document, "components"), s, &row, arena);
    if (result == OST_OK && with_users)
        result = put_all_users(w, &row, s, arena);
    ost_json_close_object(w);
    if (result == OST_OK)
        result = ost_json_writer_finish(w, ret_document);
    return error_set_sentence(error, result);
}
