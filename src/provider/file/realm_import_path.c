/* SPDX-License-Identifier: Apache-2.0 */
/* Realm files, and folders of them; see realm_import.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "provider/file/import_state.h"

/* ---- files ---- */

typedef struct totals {
    size_t imported, skipped;
} totals;

static ost_result import_part(import *i, const realm_part *part, totals *t, ost_error *error)
{
    realm_import_outcome outcome;
    realm_update update;
    ost_error inner = {0};
    ost_result result = realm_import_one(i, part, &update, &outcome, &inner);
    if (result != OST_OK)
        result =
            ost_error_set(error, result, "%s: %s", i->path,
                          inner.detail[0] != '\0' ? inner.detail : ost_result_sentence(result));
    t->skipped += outcome == REALM_SKIPPED || outcome == REALM_UNCHANGED;
    t->imported += result == OST_OK && outcome != REALM_SKIPPED && outcome != REALM_UNCHANGED;
    const realm_import_result told = {.path = i->path,
                                      .realm = i->row.name,
                                      .outcome = outcome,
                                      .users = i->user_count,
                                      .report = &i->report,
                                      .changes = i->update != NULL ? &update.changes : NULL,
                                      .error = result != OST_OK ? &inner : NULL};
    if (i->options->tell != NULL)
        i->options->tell(i->options->user, &told);
    if (i->update != NULL)
        realm_update_clear(i->update);
    realm_unref(i->realm);
    return result;
}

static ost_result import_file(const import *like, const char *path, totals *t, ost_error *error)
{
    realm_parts parts;
import i = * like;
    i.path = path;
    i.arena = ost_arena_new(IMPORT_ARENA);
    if (i.arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = realm_file_split(path, i.arena, &parts, &i.status, error);
    if (result == OST_OK && parts.count == 0)
        result = ost_error_set(error, OST_E_FORMAT, "%s: there is no realm object in it", path);
    const import clean = i;
    for (size_t n = 0; result == OST_OK && n < parts.count; n++) {
        i = clean;
        result = import_part(&i, &parts.parts[n], t, error);
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
