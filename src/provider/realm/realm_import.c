/* Importing realm files; see realm_import.h. */
#include "provider/realm/realm_import.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "base/text.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/placeholder.h"
#include "provider/realm/realm.h"
#include "provider/realm/realm_document.h"
#include "provider/realm/user_row.h"

#define MAX_FILE ((size_t)64 << 20)
#define IMPORT_ARENA ((size_t)2 << 30)
#define MAX_USER_FILES 10000

static const ost_json_limits limits = {
    .max_bytes = MAX_FILE, .max_depth = 64, .max_values = (size_t)1 << 22};

/* ---- reading ---- */

static ost_result read_file(const char *path, ost_arena *arena, ost_text *ret_text,
                            ost_error *ret_error)
{
    struct stat status;
    FILE *file = fopen(path, "re");
    if (file == NULL || fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
        ost_error_set(ret_error, OST_E_SYSTEM, "%s: %s", path,
                      file == NULL ? strerror(errno) : "not a file");
        if (file != NULL)
            fclose(file);
        return OST_E_SYSTEM;
    }
    size_t size = (size_t)status.st_size;
    char *data = size <= MAX_FILE ? ost_arena_alloc(arena, size + 1) : NULL;
    bool whole = data != NULL && fread(data, 1, size, file) == size;
    fclose(file);
    if (!whole)
        return ost_error_set(ret_error, OST_E_CEILING, "%s: cannot be read whole, or over %zu MiB",
                             path, MAX_FILE >> 20);
    *ret_text = (ost_text){data, size};
    return OST_OK;
}

static ost_result read_document(const char *path, ost_arena *arena, const ost_json **ret_document,
                                ost_error *ret_error)
{
    ost_error inner = {0};
    ost_text text;
    ost_result result = read_file(path, arena, &text, ret_error);
    if (result != OST_OK)
        return result;
    result = placeholder_replace(text, arena, &text);
    if (result == OST_OK)
        result = ost_json_read(text, &limits, arena, ret_document, &inner);
    if (result == OST_OK && !ost_json_is(*ret_document, OST_JSON_OBJECT))
        result = ost_error_set(&inner, OST_E_FORMAT, "a realm is a JSON object");
    return result == OST_OK ? OST_OK
                            : ost_error_set(ret_error, result, "%s: %s", path,
                                            inner.detail[0] != '\0' ? inner.detail
                                                                    : ost_result_sentence(result));
}

/* ---- users ---- */

typedef struct user_rows {
    store_user *rows;
    size_t count, room;
} user_rows;

static ost_result make_room(user_rows *users, size_t more, ost_arena *arena)
{
    if (users->count + more <= users->room)
        return OST_OK;
    size_t room = (users->count + more) * 2;
    store_user *rows = ost_arena_alloc(arena, room * sizeof *rows);
    if (rows == NULL)
        return OST_E_MEMORY;
    if (users->count > 0)
        memcpy(rows, users->rows, users->count * sizeof *rows);
    users->rows = rows;
    users->room = room;
    return OST_OK;
}

static ost_result add_users(const ost_json *document, ost_text realm_name,
                            const ost_context *context, ost_arena *arena, user_rows *users,
                            ost_error *ret_error)
{
    const ost_json *list = ost_json_get(document, "users");
    size_t index = 0;
    if (list != NULL && !ost_json_is(list, OST_JSON_ARRAY))
        return ost_error_set(ret_error, OST_E_FORMAT, "users: not an array");
    ost_result result = make_room(users, ost_json_count(list), arena);
    for (const ost_json *at = ost_json_first(list); at != NULL && result == OST_OK;
         at = ost_json_next(at), index++) {
        result = user_row_read(at, index, realm_name, context, arena, &users->rows[users->count],
                               ret_error);
        users->count += result == OST_OK;
    }
    return result;
}

static bool has_user(const user_rows *users, ost_text username)
{
    for (size_t i = 0; i < users->count; i++) {
        if (text_equal(users->rows[i].username, username))
            return true;
    }
    return false;
}

/* Clients with a service account have a user, whether the file names it or not. */
static ost_result add_accounts(const ost_json *clients, ost_text realm_name,
                               const ost_context *context, ost_arena *arena, user_rows *users)
{
    ost_result result = make_room(users, ost_json_count(clients), arena);
    for (const ost_json *at = ost_json_first(clients); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        ost_text id;
        store_user row;
        if (!realm_document_has_account(at) || !ost_json_text(ost_json_get(at, "clientId"), &id))
            continue;
        result = user_row_service_account(id, realm_name, context, arena, &row);
        if (result == OST_OK && !has_user(users, row.username))
            users->rows[users->count++] = row;
    }
    return result;
}

/* `<realm>-users-N.json` beside the file. */
static ost_result add_user_files(const char *path, ost_text realm_name, const ost_context *context,
                                 ost_arena *arena, user_rows *users, ost_error *ret_error)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    ost_result result = OST_OK;
    for (unsigned n = 0; n < MAX_USER_FILES && result == OST_OK; n++) {
        const ost_json *document;
        char *name = ost_arena_format(arena, "%.*s%.*s-users-%u.json", (int)folder, path,
                                      (int)realm_name.len, realm_name.data, n);
        if (name == NULL)
            return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
        if (access(name, F_OK) != 0)
            break;
        result = read_document(name, arena, &document, ret_error);
        if (result == OST_OK)
            result = add_users(document, realm_name, context, arena, users, ret_error);
    }
    return result;
}

/* ---- a whole realm ---- */

/* Everything is read and checked before anything is stored. */
static ost_result import_document(store *s, const ost_json *file, const char *path,
                                  const ost_context *context, ost_arena *arena,
                                  ost_error *ret_error)
{
    store_realm row = {.version = 1};
    store_key *keys;
    size_t key_count;
    user_rows users = {0};
    realm *checked = NULL;
    ost_result result = realm_document_complete(file, context, arena, &row.document, ret_error);
    if (result == OST_OK)
        result = realm_load(row.document, 1, &checked, ret_error);
    if (result != OST_OK)
        return result;
    row.name = text_of(ost_arena_copy(arena, text_of(checked->name)));
    row.id = text_of(ost_arena_copy(arena, text_of(checked->id)));
    result = add_users(file, row.name, context, arena, &users, ret_error);
    if (result == OST_OK && path != NULL)
        result = add_user_files(path, row.name, context, arena, &users, ret_error);
    if (result == OST_OK)
        result = add_accounts(ost_json_get(checked->document, "clients"), row.name, context, arena,
                              &users);
    realm_unref(checked);
    if (result == OST_OK)
        result = key_ring_generate(row.name, context, arena, &keys, &key_count, ret_error);
    if (result == OST_OK)
        result = store_realm_create(s, &row, users.rows, users.count, keys, key_count, ret_error);
    return result;
}

ost_result realm_import_document(store *s, ost_text document, const ost_context *context,
                                 ost_error *ret_error)
{
    const ost_json *file;
    ost_arena *arena = ost_arena_new(IMPORT_ARENA);
    if (arena == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(document, &limits, arena, &file, ret_error);
    if (result == OST_OK)
        result = import_document(s, file, NULL, context, arena, ret_error);
    ost_arena_free(arena);
    return result;
}

static ost_result import_file(store *s, const char *path, const ost_context *context,
                              ost_arena *arena, realm_import_outcome *ret_outcome,
                              ost_error *ret_error)
{
    const ost_json *file;
    store_realm existing;
    ost_error inner = {0};
    ost_text name = {0};
    ost_result result = read_document(path, arena, &file, ret_error);
    if (result != OST_OK)
        return result;
    if (ost_json_text(ost_json_get(file, "realm"), &name) &&
        store_realm_get(s, name, arena, &existing) == OST_OK) {
        *ret_outcome = REALM_SKIPPED;
        return OST_OK;
    }
    result = import_document(s, file, path, context, arena, &inner);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "%s: %s", path,
                             inner.detail[0] != '\0' ? inner.detail : ost_result_sentence(result));
    *ret_outcome = REALM_IMPORTED;
    return OST_OK;
}

ost_result realm_import_file(store *s, const char *path, const ost_context *context,
                             realm_import_outcome *ret_outcome, ost_error *ret_error)
{
    ost_arena *arena = ost_arena_new(IMPORT_ARENA);
    if (arena == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result = import_file(s, path, context, arena, ret_outcome, ret_error);
    ost_arena_free(arena);
    return result;
}

/* ---- folders ---- */

static int is_realm_file(const struct dirent *entry)
{
    ost_text name = text_of(entry->d_name);
    return text_ends(name, ".json") && strstr(entry->d_name, "-users-") == NULL;
}

static ost_result import_one(store *s, const char *path, const ost_context *context,
                             size_t *imported, size_t *skipped, ost_error *ret_error)
{
    realm_import_outcome outcome;
    ost_result result = realm_import_file(s, path, context, &outcome, ret_error);
    if (result == OST_OK)
        ++*(outcome == REALM_IMPORTED ? imported : skipped);
    return result;
}

ost_result realm_import_path(store *s, const char *path, const ost_context *context,
                             size_t *ret_imported, size_t *ret_skipped, ost_error *ret_error)
{
    struct stat status;
    struct dirent **entries;
    if (stat(path, &status) != 0)
        return ost_error_set(ret_error, OST_E_SYSTEM, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return import_one(s, path, context, ret_imported, ret_skipped, ret_error);
    int count = scandir(path, &entries, is_realm_file, alphasort);
    if (count < 0)
        return ost_error_set(ret_error, OST_E_SYSTEM, "%s: %s", path, strerror(errno));
    ost_result result = OST_OK;
    for (int i = 0; i < count; i++) {
        char name[1024];
        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        if (result == OST_OK)
            result = import_one(s, name, context, ret_imported, ret_skipped, ret_error);
        memory_free(entries[i]); /* scandir's, from the same heap */
    }
    memory_free(entries);
    return result;
}
