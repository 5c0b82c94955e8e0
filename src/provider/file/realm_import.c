/* SPDX-License-Identifier: Apache-2.0 */
/* Importing realm files; see realm_import.h. */
#include "provider/file/realm_import.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/file/key_component.h"
#include "provider/file/master_clients.h"
#include "provider/file/realm_document.h"
#include "provider/file/realm_file.h"
#include "provider/file/realm_update.h"
#include "provider/file/user_rows.h"
#include "provider/member/review.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/realm.h"

#define IMPORT_ARENA ((size_t)2 << 30)
#define MAX_USER_FILES 10000
#define CREATE_ATTEMPTS 8 /* while others change master */

/* One realm on its way. */
typedef struct import {
    store *store;
    const char *path; /* of its file; NULL: it has none */
    const realm_import_options *options;
    const ost_context *context;
    ost_text creator; /* of the realm: who gets its roles; empty: nobody */
    master_client_policy client_policy;
    ost_arena *arena;
    import_report report;
    user_rows users;
    const ost_json *file; /* looked through */
    store_realm row;
    realm *realm;
    store_key *keys;
    size_t key_count;
    bool lists_users;     /* the file, or one beside it, has a list of them */
    realm_update *update; /* of the realm that exists; NULL: it does not */
} import;

static ost_result add_users(import *i, const ost_json *document)
{
    const ost_json *users = ost_json_get(document, "users");
    i->lists_users = i->lists_users || users != NULL;
    return user_rows_add(&i->users, users, i->arena);
}

/* `<realm>-users-N.json` beside the file. */
static ost_result add_user_files(import *i, ost_text realm_name, ost_error *error)
{
    const char *slash = strrchr(i->path, '/');
    size_t folder = slash != NULL ? (size_t)(slash - i->path) + 1 : 0;
    ost_result result = OST_OK;
    for (unsigned n = 0; n < MAX_USER_FILES && result == OST_OK; n++) {
        const ost_json *document;
        char *name = ost_arena_format(i->arena, "%.*s%.*s-users-%u.json", (int)folder, i->path,
                                      (int)realm_name.len, realm_name.data, n);
        if (name == NULL)
            return ost_error_set(error, OST_E_MEMORY, "out of memory");
        if (access(name, F_OK) != 0)
            break;
        result = realm_file_read(name, i->arena, &document, error);
        if (result == OST_OK)
            result = review_object(document, &member_realm, name + folder, i->options->strict,
                                   i->arena, &i->report, &document, error);
        if (result == OST_OK)
            result = add_users(i, document);
    }
    return result;
}

static ost_result read_all(import *i, const ost_json *file, ost_error *error)
{
    ost_text name = {0};
    ost_result result = review_object(file, &member_realm, "", i->options->strict, i->arena,
                                      &i->report, &i->file, error);
    if (result == OST_OK)
        result = add_users(i, i->file);
    if (result == OST_OK && i->path != NULL && ost_json_text(ost_json_get(i->file, "realm"), &name))
        result = add_user_files(i, name, error);
    if (result == OST_OK && i->update != NULL)
        result = realm_update_merge(i->update, i->file, &i->users, &i->file, error);
    return result;
}

/* Everything is read and checked before anything is stored. */
static ost_result make_rows(import *i, ost_error *error)
{
    role_names named;
    realm_surroundings beside = {
        .named = &named, .users = i->users.documents, .user_count = i->users.count};
    const user_rows_progress progress = {i->options->progress, i->options->user};
    ost_result result =
        role_names_gather(i->file, i->users.documents, i->users.count, i->arena, &named);
    if (result != OST_OK)
        return ost_error_set(error, result, "roles: %s", ost_result_sentence(result));
    i->row.version = 1;
    if (i->update != NULL) {
        beside.before = i->update->document;
        beside.merged = i->update->mode == MERGE_INTO;
        i->row.version = i->update->stored.version + 1;
    }
    result =
        realm_document_complete(i->file, &beside, i->context, i->arena, &i->row.document, error);
    if (result == OST_OK && ost_json_equals(ost_json_get(i->file, "realm"), OST_TEXT(MASTER_REALM)))
        result = error_set_sentence(
            error, master_clients_complete(i->store, i->context, i->arena, &i->row.document));
    if (result == OST_OK)
        result = realm_load(i->row.document, i->row.version, &i->realm, error);
    if (result != OST_OK)
        return result;
    i->row.name = text_of(ost_arena_copy(i->arena, text_of(i->realm->name)));
    i->row.id = text_of(ost_arena_copy(i->arena, text_of(i->realm->id)));
    result = user_rows_check(&i->users, i->realm, error);
    if (result == OST_OK)
        result = user_rows_make(&i->users, i->realm, &progress, i->context, i->arena, error);
    return result;
}

/* The rest of what is to be stored: keys, and of a realm that exists what changes. */
static ost_result make_plan(import *i, ost_error *error)
{
    store_key *brought;
    size_t count;
    ost_result result =
        key_components_read(ost_json_get(i->file, "components"), i->row.name, i->context, i->arena,
                            &i->report, &brought, &count, error);
    if (result != OST_OK)
        return result;
    return i->update != NULL ? realm_update_plan(i->update, &i->row, i->realm, &i->users,
                                                 i->lists_users, brought, count, error)
                             : key_ring_complete(i->realm, brought, count, i->context, i->arena,
                                                 &i->keys, &i->key_count, error);
}

/* Whether somebody has changed master since. */
static bool master_has_changed(const import *i, const store_realm_change *change)
{
    store_realm now;
    return change != NULL &&
           store_realm_get(i->store, OST_TEXT(MASTER_REALM), i->arena, &now) == OST_OK &&
           now.version >= change->realm.version;
}

/* With its client in master. */
static ost_result create_realm(const import *i, ost_error *error)
{
    const store_realm_change *change = NULL;
    ost_result result = OST_E_CONFLICT;
    bool again = true;
    for (unsigned n = 0; n < CREATE_ATTEMPTS && again; n++) {
        result = OST_OK;
        if (!text_is(i->row.name, MASTER_REALM))
            result = master_client_add(i->store, i->row.name, i->client_policy, i->creator,
                                       i->context, i->arena, &change, error);
        if (result != OST_OK)
            return result;
        result = store_realm_create_beside(i->store, &i->row, i->users.rows, i->users.count,
                                           i->keys, i->key_count, change, error);
        again = result == OST_E_CONFLICT && master_has_changed(i, change);
    }
    return result;
}

static ost_result store_all(const import *i, realm_import_outcome *ret_outcome, ost_error *error)
{
    *ret_outcome = i->options->dry_run ? REALM_CHECKED : REALM_IMPORTED;
    if (i->update != NULL && !realm_update_changes(i->update))
        *ret_outcome = REALM_UNCHANGED;
    else if (i->update != NULL && !i->options->dry_run)
        *ret_outcome = i->update->mode == MERGE_INTO ? REALM_MERGED : REALM_REPLACED;
    if (*ret_outcome == REALM_UNCHANGED || i->options->dry_run)
        return OST_OK;
    ost_result result =
        i->update != NULL ? realm_update_store(i->update, error) : create_realm(i, error);
    if (result != OST_OK)
        *ret_outcome = REALM_REFUSED;
    return result;
}

/* Whether the realm exists, and what is to become of it then. */
static ost_result meet_existing(import *i, ost_text name, realm_update *update, bool *ret_skipped,
                                ost_error *error)
{
    store_realm existing;
    *ret_skipped = false;
    if (i->path == NULL || name.len == 0)
        return OST_OK;
    if (i->options->strategy == REALM_IGNORE_EXISTING) {
        *ret_skipped = store_realm_get(i->store, name, i->arena, &existing) == OST_OK;
        return OST_OK;
    }
    ost_result result = realm_update_begin(
        i->store, name, i->options->strategy == REALM_MERGE_EXISTING ? MERGE_INTO : MERGE_REPLACE,
        i->context, i->arena, update, error);
    if (result == OST_OK)
        i->update = update;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

/* Another node of the same store may import the same file meanwhile. */
static bool came_second(const import *i, ost_result result)
{
    store_realm existing;
    return result == OST_E_CONFLICT && i->path != NULL &&
           i->options->strategy == REALM_IGNORE_EXISTING &&
           store_realm_get(i->store, i->row.name, i->arena, &existing) == OST_OK;
}

/* *ret_outcome says what it would be also when storing fails. `update` is filled for a realm that
 * exists. */
static ost_result import_realm(import *i, const ost_json *file, realm_update *update,
                               realm_import_outcome *ret_outcome, ost_error *error)
{
    ost_text name = {0};
    bool skipped;
    *ret_outcome = REALM_REFUSED;
    if (!ost_json_is(file, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_FORMAT, "a realm is a JSON object");
    i->report = (import_report){.arena = i->arena, .whole = i->options->whole_report};
    if (ost_json_text(ost_json_get(file, "realm"), &name))
        i->row.name = name;
    ost_result result = meet_existing(i, name, update, &skipped, error);
    if (result == OST_OK && skipped) {
        *ret_outcome = REALM_SKIPPED;
        return OST_OK;
    }
    if (result == OST_OK)
        result = read_all(i, file, error);
    if (result == OST_OK)
        result = make_rows(i, error);
    if (result == OST_OK)
        result = make_plan(i, error);
    if (result == OST_OK)
        result = store_all(i, ret_outcome, error);
    if (!came_second(i, result))
        return result;
    *ret_outcome = REALM_SKIPPED;
    return OST_OK;
}

static ost_result import_document(const import *like, ost_text document, ost_error *error)
{
    const ost_json *file;
    realm_import_outcome outcome;
    realm_update update;
import i = * like;
    i.arena = ost_arena_new(IMPORT_ARENA);
    if (i.arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(document, &realm_file_limits, i.arena, &file, error);
    if (result == OST_OK)
        result = import_realm(&i, file, &update, &outcome, error);
    realm_unref(i.realm);
    ost_arena_free(i.arena);
    return result;
}

ost_result realm_import_document(store *s, ost_text document, const ost_context *context,
                                 ost_error *error)
{
    static const realm_import_options none;
    const import like = {
        .store = s, .options = &none, .context = context, .client_policy = MASTER_CLIENT_ADOPT};
    return import_document(&like, document, error);
}

ost_result realm_import_created(store *s, ost_text document, ost_text creator,
                                const ost_context *context, ost_error *error)
{
    static const realm_import_options none;
    const import like = {.store = s,
                         .options = &none,
                         .context = context,
                         .creator = creator,
                         .client_policy = MASTER_CLIENT_NEW};
    return import_document(&like, document, error);
}

static ost_result import_over(import *i, const store_realm *row, const ost_json *document,
                              const ost_json *users, realm_update *update, ost_error *error)
{
    realm_import_outcome outcome;
    ost_result result =
        realm_update_begin(i->store, row->name, MERGE_INTO, i->context, i->arena, update, error);
    if (result != OST_OK || update->stored.version != row->version)
        return result == OST_OK ? OST_E_CONFLICT : result;
    i->update = update;
    i->report = (import_report){.arena = i->arena};
    result =
        review_object(document, &member_realm, "", false, i->arena, &i->report, &i->file, error);
    if (result == OST_OK) /* which have been looked through */
        result = user_rows_add(&i->users, users, i->arena);
    if (result == OST_OK)
        result = realm_update_merge_users(update, &i->users, MERGE_REPLACE, error);
    if (result == OST_OK)
        result = make_rows(i, error);
    if (result == OST_OK)
        result = make_plan(i, error);
    return result == OST_OK ? store_all(i, &outcome, error) : result;
}

ost_result realm_import_over(store *s, const store_realm *row, const ost_json *document,
                             const ost_json *users, const ost_context *context, ost_error *error)
{
    static const realm_import_options none;
    realm_update update;
    ost_arena *arena = ost_arena_new(IMPORT_ARENA);
    if (arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
import i = {.store = s, .options = & none, .context = context, .arena = arena };
    ost_result result = import_over(&i, row, document, users, &update, error);
    realm_unref(i.realm);
    ost_arena_free(arena);
    return result;
}

/* ---- files ---- */

typedef struct totals {
    size_t imported, skipped;
} totals;

static ost_result import_one(import *i, const ost_json *file, totals *t, ost_error *error)
{
    realm_import_outcome outcome;
    realm_update update;
    ost_error inner = {0};
    ost_result result = import_realm(i, file, &update, &outcome, &inner);
    if (result != OST_OK)
        result =
            ost_error_set(error, result, "%s: %s", i->path,
                          inner.detail[0] != '\0' ? inner.detail : ost_result_sentence(result));
    t->skipped += outcome == REALM_SKIPPED || outcome == REALM_UNCHANGED;
    t->imported += result == OST_OK && outcome != REALM_SKIPPED && outcome != REALM_UNCHANGED;
    const realm_import_result told = {.path = i->path,
                                      .realm = i->row.name,
                                      .outcome = outcome,
                                      .users = i->users.count,
                                      .report = &i->report,
                                      .changes = i->update != NULL ? &update.changes : NULL,
                                      .error = result != OST_OK ? &inner : NULL};
    if (i->options->tell != NULL)
        i->options->tell(i->options->user, &told);
    realm_unref(i->realm);
    return result;
}

static ost_result import_file(const import *like, const char *path, totals *t, ost_error *error)
{
    const ost_json *file;
import i = * like;
    i.path = path;
    i.arena = ost_arena_new(IMPORT_ARENA);
    if (i.arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    const import clean = i;
    ost_result result = realm_file_read(path, i.arena, &file, error);
    if (result == OST_OK && ost_json_is(file, OST_JSON_ARRAY)) {
        if (ost_json_count(file) == 0)
            result = ost_error_set(error, OST_E_FORMAT, "%s: there is no realm object in it", path);
        for (const ost_json *at = ost_json_first(file); at != NULL && result == OST_OK;
             at = ost_json_next(at)) {
            i = clean;
            result = import_one(&i, at, t, error);
        }
    } else if (result == OST_OK) {
        result = import_one(&i, file, t, error);
    }
    ost_arena_free(i.arena);
    return result;
}

/* ---- folders ---- */

static int is_realm_file(const struct dirent *entry)
{
    ost_text name = text_of(entry->d_name);
    return text_ends(name, ".json") && strstr(entry->d_name, "-users-") == NULL;
}

static ost_result import_folder(const import *like, const char *path, totals *t, ost_error *error)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_realm_file, alphasort);
    if (count < 0)
        return ost_error_set(error, OST_E_SYSTEM, "%s: %s", path, strerror(errno));
    ost_result result = OST_OK;
    for (int n = 0; n < count; n++) {
        char name[1024];
        snprintf(name, sizeof name, "%s/%s", path, entries[n]->d_name);
        if (result == OST_OK)
            result = import_file(like, name, t, error);
        memory_free(entries[n]); /* scandir's, from the same heap */
    }
    memory_free(entries);
    return result;
}

ost_result realm_import_path(store *s, const char *path, const realm_import_options *options,
                             const ost_context *context, size_t *ret_imported, size_t *ret_skipped,
                             ost_error *error)
{
    static const realm_import_options none;
    struct stat status;
    totals t = {0};
    const import like = {.store = s,
                         .options = options != NULL ? options : &none,
                         .context = context,
                         .client_policy = MASTER_CLIENT_ADOPT};
    if (stat(path, &status) != 0)
        return ost_error_set(error, OST_E_SYSTEM, "%s: %s", path, strerror(errno));
    ost_result result = S_ISDIR(status.st_mode) ? import_folder(&like, path, &t, error)
                                                : import_file(&like, path, &t, error);
    *ret_imported += t.imported;
    *ret_skipped += t.skipped;
    return result;
}
