/* SPDX-License-Identifier: Apache-2.0 */
/* Importing realm files; see import_state.h and realm_import.h. */
#include "provider/file/realm_import.h"

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/completion/realm_document.h"
#include "provider/file/import_state.h"
#include "provider/file/reference_check.h"
#include "provider/file/user_feed.h"
#include "provider/key/key_component.h"
#include "provider/member/old_layout.h"
#include "provider/member/review.h"
#include "provider/policy/client_policy.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/key_ring.h"
#include "provider/stream/other_object.h"
#include "store/realm/store_realm.h"
#include "store/realm/store_realm_change.h"
#include "store/store_try.h"

/* ---- users ---- */

/* Before anything is made of them: they are looked through, and read again when they are stored. */
static ost_result look_through(import *i, ost_error *error)
{
    const user_rows_progress progress = {i->options->progress, i->options->user};
    i->review.file = i->file;
    i->review.strict = i->options->strict;
    i->review.report = &i->report;
    i->review.progress = &progress;
    ost_result result = user_review_all(&i->review, &i->files.ranges, i->arena, error);
    i->user_count = i->review.count;
    i->review.progress = NULL;
    return result;
}

/* Users of a document that is at hand. */
static ost_result add_users(import *i, const ost_json *list)
{
    const user_range range = {.list = list, .shown = "", .count = ost_json_count(list)};
    return list != NULL ? user_ranges_add(&i->files.ranges, &range, i->arena) : OST_OK;
}

/* ---- the realm ---- */

static ost_result find_users(import *i, const realm_part *part, ost_error *error)
{
    ost_text name = {0};
    const user_range range = {.path = i->path,
                              .shown = "",
                              .status = i->status,
                              .at = part->users_at,
                              .count = part->user_count};
    if (i->path == NULL) {
        const ost_json *users = ost_json_get(i->file, "users");
        i->files.lists_users = users != NULL;
        return error_set_sentence(error, add_users(i, users));
    }
    ost_result result = user_files_add(&i->files, &range, i->file, i->arena, error);
    if (result == OST_OK && ost_json_text(ost_json_get(i->file, "realm"), &name))
        result = user_files_find(&i->files, name, i->arena, error);
    return result;
}

/* Of a realm that is refused: the report tells of its users all the same. */
static void report_users(import *i, const realm_part *part)
{
    user_range range = {.path = i->path,
                        .shown = "",
                        .status = i->status,
                        .at = part->users_at,
                        .count = part->user_count};
    const user_ranges ranges = {.ranges = &range, .count = 1, .users = range.count};
    user_review review = {.file = part->document,
                          .strict = i->options->strict,
                          .report = &i->report,
                          .roles = {.arena = i->arena}};
    if (i->path != NULL)
        (void)!user_review_all(&review, &ranges, i->arena, NULL);
}

static ost_result read_all(import *i, const realm_part *part, ost_error *error)
{
    i->files = (user_files){.path = i->path, .strict = i->options->strict, .report = &i->report};
    i->review = (user_review){.roles = {.arena = i->arena}};
    ost_result result = review_renew(part->document, &member_realm, "", i->options->strict,
                                     i->arena, &i->report, &i->file, error);
    if (result == OST_E_FORMAT)
        report_users(i, part);
    if (result == OST_OK)
        result = error_set_sentence(error, old_layout_renew(i->file, i->arena, &i->file));
    if (result == OST_OK)
        result = find_users(i, part, error);
    if (result == OST_OK && i->update != NULL)
        result = realm_update_merge(i->update, i->file, &i->file, error);
    if (result == OST_OK)
        result = look_through(i, error);
    return result == OST_OK ? policy_document_check(i->file, i->arena, error) : result;
}

/* Plain passwords of a new realm. Those of one that exists may be known there. */
static ost_result hash_passwords(import *i, ost_error *error)
{
    const user_rows_progress progress = {i->options->progress, i->options->user};
    return i->update == NULL && i->review.plain > 0
               ? plain_passwords_make(&i->files.ranges, i->review.plain, i->options->strict,
                                      i->realm, &progress, i->context, i->arena, &i->passwords,
                                      error)
               : OST_OK;
}

/* Another one each time, so that a realm is not taken for one of its name and id that is gone. */
static ost_result first_version(const ost_context *context, int64_t *ret_version)
{
    unsigned char bytes[5];
    ost_result result = context_random(context, bytes, sizeof bytes);
    int64_t version = 1;
    for (size_t i = 0; i < sizeof bytes && result == OST_OK; i++)
        version = version * 256 + bytes[i];
    if (result == OST_OK)
        *ret_version = version;
    return result;
}

/* Everything is read and checked before anything is stored. */
static ost_result make_rows(import *i, ost_error *error)
{
    role_names named;
    realm_surroundings beside = {.named = &named, .accounts = &i->review.accounts};
    ost_result result = role_names_finish(&i->review.roles, i->file, &named);
    if (result != OST_OK)
        return ost_error_set(error, result, "roles: %s", ost_result_sentence(result));
    result = first_version(i->context, &i->row.version);
    if (result != OST_OK)
        return error_set_sentence(error, result);
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
    if (result == OST_OK && !beside.merged)
        result = reference_check(i->realm, &i->report, i->arena, error);
    if (result != OST_OK)
        return result;
    i->row.name = text_of(ost_arena_copy(i->arena, text_of(i->realm->name)));
    i->row.id = text_of(ost_arena_copy(i->arena, text_of(i->realm->id)));
    return hash_passwords(i, error);
}

/* The keys of a new realm. Where the file names its keys, others stand behind these. */
static ost_result complete_keys(import *i, const store_key *brought, size_t count, ost_error *error)
{
    const ost_json *named = ost_json_get(ost_json_get(i->file, "components"), KEY_PROVIDER);
    ost_result result = key_ring_complete(i->realm, brought, count, i->context, i->arena, &i->keys,
                                          &i->key_count, error);
    if (result == OST_OK && ost_json_count(named) > 0)
        result = error_set_sentence(
            error,
            key_components_fall_back(&i->keys[count], i->key_count - count, i->context, i->arena));
    return result;
}

static ost_result plan_update(import *i, const store_key *brought, size_t count, ost_error *error)
{
    i->progress = (user_rows_progress){i->options->progress, i->options->user};
    const user_plan_source users = {.users_mode = i->users_mode,
                                    .lists_users = i->files.lists_users,
                                    .ranges = &i->files.ranges,
                                    .plain = i->review.plain,
                                    .accounts = &i->review.accounts,
                                    .strict = i->options->strict,
                                    .progress = &i->progress};
    ost_result result =
        realm_update_plan(i->update, &i->row, i->realm, &users, brought, count, error);
    i->user_count = i->update->users.count;
    return result;
}

/* The rest of what is to be stored: keys, and of a realm that exists what changes. */
static ost_result make_plan(import *i, ost_error *error)
{
    store_key *brought;
    size_t count;
    ost_result result =
        key_components_read(i->file, i->row.name, i->update != NULL ? i->update->keys : NULL,
                            i->update != NULL ? i->update->key_count : 0, i->context, i->arena,
                            &i->report, &brought, &count, error);
    if (result != OST_OK)
        return result;
    return i->update != NULL ? plan_update(i, brought, count, error)
                             : complete_keys(i, brought, count, error);
}

/* A new realm, with its users. */
static ost_result create_with_users(import *i, const store_realm_change *beside, ost_error *error)
{
    const user_rows_progress progress = {i->options->progress, i->options->user};
    const user_feed_source source = {.ranges = &i->files.ranges,
                                     .realm = i->realm,
                                     .accounts = &i->review.accounts,
                                     .passwords = &i->passwords,
                                     .strict = i->options->strict,
                                     .progress = &progress,
                                     .context = i->context};
    user_feed *feed = user_feed_new(&source);
    if (feed == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    const store_user_feed users = user_feed_for_store(feed);
    ost_result result = i->options->dry_run
                            ? user_feed_try(feed, error)
                            : store_realm_create_from(i->store, &i->row, &users, i->keys,
                                                      i->key_count, beside, error);
    i->user_count = user_feed_count(feed);
    user_feed_free(feed);
    return result;
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
static ost_result create_realm(import *i, ost_error *error)
{
    const store_realm_change *change = NULL;
    unsigned tried = 0;
    for (;;) {
        ost_result result = OST_OK;
        if (!text_is(i->row.name, MASTER_REALM))
            result = master_client_add(i->store, i->row.name, i->client_policy, i->creator,
                                       i->context, i->arena, &change, error);
        if (result != OST_OK)
            return result;
        result = create_with_users(i, change, error);
        if (result != OST_E_CONFLICT || !master_has_changed(i, change) ||
            !store_try_again(result, &tried))
            return result;
    }
}

/* A dry run makes everything but the last step, too. */
static ost_result store_rows(import *i, ost_error *error)
{
    if (i->options->dry_run)
        return i->update == NULL ? create_with_users(i, NULL, error) : OST_OK;
    return i->update != NULL ? realm_update_store(i->update, error) : create_realm(i, error);
}

static ost_result store_all(import *i, realm_import_outcome *ret_outcome, ost_error *error)
{
    *ret_outcome = i->options->dry_run ? REALM_CHECKED : REALM_IMPORTED;
    if (i->update != NULL && !realm_update_changes(i->update))
        *ret_outcome = REALM_UNCHANGED;
    else if (i->update != NULL && !i->options->dry_run)
        *ret_outcome = i->update->mode == MERGE_INTO ? REALM_MERGED : REALM_REPLACED;
    ost_result result = *ret_outcome != REALM_UNCHANGED ? store_rows(i, error) : OST_OK;
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
    if (result == OST_OK) {
        i->update = update;
        i->users_mode = update->mode;
        update->changes.whole = i->options->whole_report;
    }
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

/* What stands beside the realm's file would make a realm of defaults. */
static ost_result refuse_users_alone(const import *i, ost_text name, ost_error *error)
{
    bool merges = i->update != NULL && i->update->mode == MERGE_INTO;
    if (i->path == NULL || merges || !user_files_is_one(i->path, name))
        return OST_OK;
    return ost_error_set(
        error, OST_E_FORMAT,
        "these are users of the realm %.*s alone: give the realm's own file, which "
        "takes them along, or import them with --merge into a realm that is there",
        (int)name.len, name.data);
}

ost_result realm_import_one(import *i, const realm_part *part, realm_update *update,
                            realm_import_outcome *ret_outcome, ost_error *error)
{
    const ost_json *file = part->document;
    ost_text name = {0};
    bool skipped;
    *ret_outcome = REALM_REFUSED;
    if (!ost_json_is(file, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_FORMAT, "a realm is a JSON object");
    /* It names a realm, and would take its place. */
    if (ost_json_get(file, "auth-server-url") != NULL)
        return ost_error_set(error, OST_E_FORMAT,
                             "auth-server-url: this is a client's keycloak.json, and no realm");
    i->report = (import_report){.arena = i->arena, .whole = i->options->whole_report};
    const char *other = ost_json_get(file, "realm") == NULL ? realm_other_object(file) : NULL;
    if (other != NULL)
        return ost_error_set(error, OST_E_FORMAT, "%s", other);
    if (ost_json_text(ost_json_get(file, "realm"), &name))
        i->row.name = name;
    ost_result result = meet_existing(i, name, update, &skipped, error);
    if (result == OST_OK && skipped) {
        *ret_outcome = REALM_SKIPPED;
        return OST_OK;
    }
    if (result == OST_OK)
        result = refuse_users_alone(i, name, error);
    if (result == OST_OK)
        result = read_all(i, part, error);
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
    realm_part part = {0};
    realm_import_outcome outcome;
    realm_update update;
import i = * like;
    i.arena = ost_arena_new(IMPORT_ARENA);
    if (i.arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(document, &realm_file_limits, i.arena, &part.document, error);
    if (result == OST_OK)
        result = realm_import_one(&i, &part, &update, &outcome, error);
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
    i->review = (user_review){.roles = {.arena = i->arena}};
    result =
        review_object(document, &member_realm, "", false, i->arena, &i->report, &i->file, error);
    i->users_mode = MERGE_REPLACE;
    if (result == OST_OK) /* which have been looked through */
        result = error_set_sentence(error, add_users(i, users));
    if (result == OST_OK)
        result = look_through(i, error);
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
    if (i.update != NULL)
        realm_update_clear(i.update);
    realm_unref(i.realm);
    ost_arena_free(arena);
    return result;
}
