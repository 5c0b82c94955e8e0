/* SPDX-License-Identifier: Apache-2.0 */
/* A realm file from its bytes to the snapshot that requests use, without keys and users' hashes. */
#include <stdlib.h>

#include <ostiary/json.h>

#include "base/text.h"
#include "provider/file/document_merge.h"
#include "provider/file/document_pairs.h"
#include "provider/file/realm_changes.h"
#include "provider/file/realm_document.h"
#include "provider/file/realm_file.h"
#include "provider/member/review.h"
#include "provider/realm/realm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is imported over itself stays what it is, and nothing is said to change. */
static void import_over_itself(const ost_json *document, ost_arena *arena)
{
    const ost_json *merged;
    realm_changes changes = {.arena = arena};
    for (merge_mode mode = MERGE_REPLACE; mode <= MERGE_INTO; mode++) {
        if (document_merge(document, document, &member_realm, mode, arena, &merged) == OST_OK &&
            !document_same(document, merged))
            abort();
    }
    if (realm_changes_compare(&changes, document, document) == OST_OK && changes.first != NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new((size_t)64 << 20);
    ost_text text = {(const char *)data, size}, document;
    const ost_json *file;
    realm *r;
    if (arena == NULL)
        return 0;
    role_names named;
    const realm_surroundings beside = {.named = &named};
    import_report report = {.arena = arena, .whole = true};
    if (realm_file_parse(text, arena, &file, NULL) == OST_OK &&
        review_object(file, &member_realm, "", false, arena, &report, &file, NULL) == OST_OK &&
        role_names_gather(file, NULL, 0, arena, &named) == OST_OK &&
        realm_document_complete(file, &beside, NULL, arena, &document, NULL) == OST_OK &&
        realm_load(document, 1, &r, NULL) == OST_OK) {
        realm_roles roles;
        import_over_itself(r->document, arena);
        const ost_json *user = ost_json_first(ost_json_get(file, "users"));
        if (realm_user_roles(r, user, arena, &roles) == OST_OK && r->client_count > 0) {
            realm_roles seen;
            (void)!realm_roles_for_client(r, &r->clients[0], NULL, &roles, arena, &seen);
            (void)realm_redirect_allowed(&r->clients[0], OST_TEXT("https://a.example/x?y"));
            (void)realm_post_logout_allowed(&r->clients[0], OST_TEXT("https://a.example/"));
        }
        realm_unref(r);
    }
    ost_arena_free(arena);
    return 0;
}
