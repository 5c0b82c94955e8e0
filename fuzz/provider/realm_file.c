/* SPDX-License-Identifier: Apache-2.0 */
/* A realm file from its bytes to the snapshot that requests use, without keys and users' hashes.
 * The pieces that it is split into are what the JSON reader makes of the whole. */
#include <stdlib.h>
#include <string.h>

#include <ostiary/json.h>

#include "base/text.h"
#include "provider/completion/realm_document.h"
#include "provider/file/document_merge.h"
#include "provider/file/document_pairs.h"
#include "provider/file/realm_changes.h"
#include "provider/member/review.h"
#include "provider/policy/client_policy.h"
#include "provider/realm/realm.h"
#include "provider/stream/placeholder.h"
#include "provider/stream/realm_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is imported over itself stays what it is, and nothing is said to change. */
static void import_over_itself(const ost_json *document, ost_arena *arena)
{
    const ost_json *merged;
    realm_changes changes = {.arena = arena};
    for (merge_mode mode = MERGE_REPLACE; mode <= MERGE_INTO; mode++) {
        if (document_merge(document, document, &member_realm, mode, arena, &merged) == OST_OK &&
            !document_same(document, merged, NULL))
            abort();
    }
    if (realm_changes_compare(&changes, document, document) == OST_OK && changes.first != NULL)
        abort();
}

/* Text that comes in small portions. */
static ssize_t read_text(void *user, uint64_t offset, char *into, size_t room)
{
    const ost_text *text = user;
    ost_text part =
        text_slice(*text, offset < text->len ? (size_t)offset : text->len, room < 7 ? room : 7);
    if (part.len > 0)
        memcpy(into, part.data, part.len);
    return (ssize_t)part.len;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The users that were left where they stand, one by one. */
static void compare_users(byte_source source, const realm_part *part, const ost_json *users,
                          ost_arena *arena)
{
    piece_reader reader;
    char next;
    ost_text piece;
    const ost_json *user;
    require(ost_json_count(users) == part->user_count);
    if (!piece_reader_begin(&reader, source, part->users_at, NULL))
        return;
    for (const ost_json *at = ost_json_first(users); at != NULL; at = ost_json_next(at)) {
        require(piece_reader_look(&reader, &next) == OST_OK &&
                piece_reader_next(&reader, false, USER_MAX, &piece) == OST_OK);
        require(text_equal(text_trim_lines(piece), ost_json_source(at)));
        if (piece_reader_parse(&reader, piece, false, &realm_user_limits, arena, &user) == OST_OK)
            require(document_same(user, at, NULL));
        require(ost_json_next(at) == NULL || piece_reader_take(&reader, ',', "") == OST_OK);
    }
    require(piece_reader_take(&reader, ']', "") == OST_OK);
    piece_reader_free(&reader);
}

static void compare_part(byte_source source, const realm_part *part, const ost_json *whole,
                         ost_arena *arena)
{
    const ost_json *at = ost_json_first(whole), *own = ost_json_first(part->document);
    require(ost_json_type_of(part->document) == ost_json_type_of(whole));
    if (!ost_json_is(whole, OST_JSON_OBJECT)) {
        require(document_same(part->document, whole, NULL));
        return;
    }
    for (; at != NULL && own != NULL; at = ost_json_next(at), own = ost_json_next(own)) {
        bool users = text_is(ost_json_name(at), "users") && ost_json_is(at, OST_JSON_ARRAY);
        require(text_equal(ost_json_name(at), ost_json_name(own)));
        require(users ? ost_json_count(own) == 0 : document_same(own, at, NULL));
        if (users)
            compare_users(source, part, at, arena);
    }
    require(at == NULL && own == NULL);
}

static void compare_with_reader(byte_source source, ost_text text, ost_arena *arena)
{
    realm_parts parts;
    const ost_json *whole;
    ost_error error = {0};
    ost_text unmarked = text_starts(text, "\xEF\xBB\xBF") ? text_slice(text, 3, text.len) : text;
    ost_result read = ost_json_read(unmarked, &realm_file_limits, arena, &whole, NULL);
    ost_result result = realm_split(source, false, arena, &parts, &error);
    if (read == OST_E_MEMORY || result == OST_E_MEMORY)
        return;
    require((read == OST_OK) == (result == OST_OK));
    if (result != OST_OK)
        return;
    require(parts.is_list == ost_json_is(whole, OST_JSON_ARRAY));
    if (!parts.is_list) {
        require(parts.count == 1);
        compare_part(source, &parts.parts[0], whole, arena);
        return;
    }
    require(parts.count == ost_json_count(whole));
    const ost_json *at = ost_json_first(whole);
    for (size_t i = 0; i < parts.count; i++, at = ost_json_next(at))
        compare_part(source, &parts.parts[i], at, arena);
}

/* As an import does it. */
static ost_result complete(const ost_json *file, ost_arena *arena, ost_text *ret_document)
{
    role_names named;
    account_names accounts;
    role_gathering roles = {.arena = arena};
    import_report report = {.arena = arena, .whole = true};
    const realm_surroundings beside = {.named = &named, .accounts = &accounts};
    if (review_object(file, &member_realm, "", false, arena, &report, &file, NULL) != OST_OK ||
        account_names_begin(file, arena, &accounts) != OST_OK ||
        role_names_finish(&roles, file, &named) != OST_OK)
        return OST_E_FORMAT;
    return realm_document_complete(file, &beside, NULL, arena, ret_document, NULL);
}

static void use(realm *r, const ost_json *file, ost_arena *arena)
{
    realm_roles roles, seen;
    import_over_itself(r->document, arena);
    const ost_json *user = ost_json_first(ost_json_get(file, "users"));
    if (realm_user_roles(r, user, arena, &roles) == OST_OK && r->client_count > 0) {
        (void)!realm_roles_for_client(r, r->clients[0], NULL, &roles, arena, &seen);
        (void)realm_redirect_allowed(r->clients[0], OST_TEXT("https://a.example/x?y"));
        (void)realm_post_logout_allowed(r->clients[0], OST_TEXT("https://a.example/"));
    }
}

/* What is well-formed is so again as it is stored. */
static void keep_policies(const ost_json *file, ost_arena *arena)
{
    const ost_json *global, *kept, *profiles = ost_json_get(file, "clientProfiles");
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_text text;
    if (w == NULL || policy_global_profiles(arena, &global) != OST_OK)
        return;
    client_policies_put(w, ost_json_get(file, "clientPolicies"));
    if (policy_document_check(file, arena, NULL) == OST_OK &&
        ost_json_writer_finish(w, &text) == OST_OK &&
        ost_json_read(text, NULL, arena, &kept, NULL) == OST_OK &&
        client_policies_check(kept, profiles, global) != POLICY_GOOD)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new((size_t)64 << 20);
    ost_text text = {(const char *)data, size}, document;
    const byte_source source = {read_text, &text};
    const ost_json *file = NULL;
    realm *r;
    if (arena == NULL)
        return 0;
    compare_with_reader(source, text, arena);
    if (placeholder_replace(text, arena, &text) == OST_OK &&
        ost_json_read(text, &realm_file_limits, arena, &file, NULL) == OST_OK)
        keep_policies(file, arena);
    if (file != NULL && complete(file, arena, &document) == OST_OK &&
        realm_load(document, 1, &r, NULL) == OST_OK) {
        use(r, file, arena);
        realm_unref(r);
    }
    ost_arena_free(arena);
    return 0;
}
