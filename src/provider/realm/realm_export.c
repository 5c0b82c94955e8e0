/* Writing a realm as a file that Keycloak and Ostiary import; see realm_import.h. */
#include "provider/realm/realm_import.h"

#include <ostiary/json.h>

#include "base/text.h"

#define MAX_EXPORT ((size_t)128 << 20)

static const ost_json_limits limits = {
    .max_bytes = MAX_EXPORT, .max_depth = 64, .max_values = (size_t)1 << 22};

static ost_result put_user(ost_json_writer *w, const store_user *user, ost_arena *arena)
{
    const ost_json *document, *password = NULL;
    ost_result result = ost_json_read(user->document, &limits, arena, &document, NULL);
    if (result == OST_OK && user->password.len > 0)
        result = ost_json_read(user->password, &limits, arena, &password, NULL);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    if (password != NULL) {
        ost_json_put_name(w, OST_TEXT("credentials"));
        ost_json_open_array(w);
        ost_json_put_value(w, password);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
    return OST_OK;
}

static ost_result put_users(ost_json_writer *w, store *s, ost_text realm, ost_arena *arena)
{
    store_user *users;
    size_t count;
    ost_result result = store_user_list(s, realm, arena, &users, &count);
    if (result != OST_OK)
        return result;
    ost_json_put_name(w, OST_TEXT("users"));
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = put_user(w, &users[i], arena);
    ost_json_close_array(w);
    return result;
}

ost_result realm_export(store *s, ost_text realm, bool with_users, ost_arena *arena,
                        ost_text *ret_document, ost_error *ret_error)
{
    store_realm row;
    const ost_json *document;
    ost_json_writer *w = ost_json_writer_new(arena, MAX_EXPORT);
    ost_result result = w != NULL ? store_realm_get(s, realm, arena, &row) : OST_E_MEMORY;
    if (result == OST_E_NOT_FOUND)
        return ost_error_set(ret_error, result, "there is no realm %.*s", (int)realm.len,
                             realm.data);
    if (result == OST_OK)
        result = ost_json_read(row.document, &limits, arena, &document, NULL);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    if (with_users)
        result = put_users(w, s, realm, arena);
    ost_json_close_object(w);
    if (result == OST_OK)
        result = ost_json_writer_finish(w, ret_document);
    return result == OST_OK ? OST_OK
                            : ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
}
