/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary realm import`: realm files in Keycloak's format, and what became of everything in them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/directory/resource_kind.h"
#include "cli/import_text.h"
#include "cli/printable.h"
#include "cli/provider/progress.h"
#include "provider/file/realm_import.h"
#include "store/store.h"

#define REPORT_ARENA ((size_t)1 << 30)
#define REPORT_MAX ((size_t)512 << 20) /* bytes of JSON */

typedef struct importing {
    const option_values *values;
    ost_arena *arena; /* for JSON; NULL: text */
    ost_json_writer *writer;
    realm_import_strategy strategy;
    progress progress;
} importing;

static const char *outcome_name(realm_import_outcome outcome)
{
    switch (outcome) {
    case REALM_IMPORTED:
        return "imported";
    case REALM_SKIPPED:
        return "skipped";
    case REALM_CHECKED:
        return "checked";
    case REALM_REPLACED:
        return "replaced";
    case REALM_MERGED:
        return "merged";
    case REALM_UNCHANGED:
        return "unchanged";
    case REALM_REFUSED:
        break;
    }
    return "refused";
}

/* ---- text ---- */

static void print_text(const char *before, ost_text text)
{
    fputs(before, stdout);
    printable_put_text(text);
}

/* "  ~ CLIENT shop: redirectUris, secret" */
static void print_change(const realm_change *change)
{
    static const char *const signs[CHANGE_ACTIONS] = {"+", "~", "-"};
    printf("  %s %s", signs[change->action], change->type);
    if (change->owner.len > 0) {
        print_text(" ", change->owner);
        print_text("/", change->name);
    } else {
        print_text(" ", change->name);
    }
    for (size_t i = 0; i < change->member_count; i++)
        print_text(i == 0 ? ": " : ", ", change->members[i]);
    putchar('\n');
}

static void print_changes(const realm_changes *changes)
{
    size_t lines = 0, all = 0;
    for (const realm_change *at = changes->first; at != NULL && lines < CHANGES_KEPT;
         at = at->next) {
        print_change(at);
        lines++;
    }
    for (size_t i = 0; i < CHANGE_ACTIONS; i++)
        all += changes->count[i];
    if (all > lines)
        printf("  … and %zu more (--json has them all)\n", all - lines);
    printf("  %zu added, %zu overwritten, %zu removed\n", changes->count[CHANGE_ADDED],
           changes->count[CHANGE_OVERWRITTEN], changes->count[CHANGE_REMOVED]);
}

static void print_result(const realm_import_result *r)
{
    print_text("", text_of(r->path));
    print_text(": ", r->realm.len > 0 ? r->realm : OST_TEXT("?"));
    printf(" %s", outcome_name(r->outcome));
    if (r->outcome == REALM_SKIPPED) {
        puts(" because it exists");
        return;
    }
    printf(", %zu users; members: ", r->users);
    for (int fate = 0; fate < MEMBER_FATES; fate++)
        printf("%s%zu %s", fate > 0 ? ", " : "", r->report->count[fate],
               member_fate_name((member_fate)fate));
    putchar('\n');
    import_text_write(stdout, r->report, "--json");
    if (r->changes != NULL && r->error == NULL)
        print_changes(r->changes);
}

/* ---- JSON ---- */

static void write_result(importing *i, const realm_import_result *r)
{
    ost_json_writer *w = i->writer;
    ost_json_open_object(w);
    ost_json_member_string(w, "file", r->path);
    if (r->realm.len > 0)
        ost_json_member_text(w, "realm", r->realm);
    ost_json_member_string(w, "outcome", outcome_name(r->outcome));
    if (r->error != NULL)
        ost_json_member_string(w, "error",
                               r->error->detail[0] != '\0' ? r->error->detail
                                                           : ost_result_sentence(r->error->code));
    if (r->outcome != REALM_SKIPPED) {
        ost_json_member_integer(w, "users", (int64_t)r->users);
        import_report_write(r->report, w);
    }
    if (r->changes != NULL && r->error == NULL) {
        ost_json_put_name(w, OST_TEXT("changes"));
        ost_json_open_object(w);
        realm_changes_write(r->changes, w);
        ost_json_close_object(w);
    }
    ost_json_close_object(w);
}

static void tell(void *user, const realm_import_result *result)
{
    importing *i = user;
    progress_clear(&i->progress);
    if (i->writer != NULL)
        write_result(i, result);
    else
        print_result(result);
}

static void show_progress(void *user, const char *what, size_t done, size_t count)
{
    importing *i = user;
    progress_tell(&i->progress, what, done, count);
}

/* ---- the command ---- */

/* A folder without realm files is most likely another folder than was meant. */
static ost_result import_path(struct store *db, const char *path,
                              const realm_import_options *options, size_t *imported,
                              size_t *skipped, ost_error *error)
{
    size_t before = *imported + *skipped;
    ost_result result = realm_import_path(db, path, options, NULL, imported, skipped, error);
    if (result == OST_OK && *imported + *skipped == before)
        result = ost_error_set(error, OST_E_FORMAT,
                               "%s: there is no realm file in it (*.json, but for *-users-N.json)",
                               path);
    return result;
}

static ost_result import_all(importing *i, struct store *db, ost_error *error)
{
    const realm_import_options options = {.strategy = i->strategy,
                                          .strict = options_has(i->values, "strict"),
                                          .dry_run = options_has(i->values, "dry-run"),
                                          .whole_report = i->writer != NULL,
                                          .tell = tell,
                                          .progress = show_progress,
                                          .user = i};
    size_t imported = 0, skipped = 0;
    ost_result result = OST_OK;
    for (size_t n = 0; n < i->values->operand_count && result == OST_OK; n++)
        result = import_path(db, i->values->operands[n], &options, &imported, &skipped, error);
    if (i->writer == NULL && result == OST_OK)
        printf("%zu %s, %zu %s\n", imported, options.dry_run ? "could be imported" : "imported",
               skipped,
               i->strategy == REALM_IGNORE_EXISTING ? "skipped because they exist" : "unchanged");
    return result;
}

static ost_result begin_import(importing *i, ost_error *error)
{
    if (!options_has(i->values, "json"))
        return OST_OK;
    i->arena = ost_arena_new(REPORT_ARENA);
    i->writer = i->arena != NULL ? ost_json_writer_new(i->arena, REPORT_MAX) : NULL;
    if (i->writer == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_json_open_array(i->writer);
    return OST_OK;
}

static ost_result import_finish(importing *i, ost_error *error)
{
    ost_text text;
    if (i->writer == NULL)
        return OST_OK;
    ost_json_close_array(i->writer);
    ost_result result = ost_json_writer_finish(i->writer, &text);
    if (result != OST_OK)
        return ost_error_set(error, result, "the report: %s", ost_result_sentence(result));
    printable_put_json(text);
    putchar('\n');
    return OST_OK;
}

/* Before a store is made for them. */
static ost_result find_paths(const option_values *values, ost_error *error)
{
    struct stat status;
    for (size_t n = 0; n < values->operand_count; n++) {
        if (stat(values->operands[n], &status) != 0)
            return ost_error_set(error, OST_E_SYSTEM, "%s: %s", values->operands[n],
                                 strerror(errno));
    }
    return OST_OK;
}

static int run_import(const option_values *values)
{
    ost_error error = {0}, unwritten = {0};
    struct store *db = NULL;
    bool replaces = options_has(values, "replace"), merges = options_has(values, "merge");
    importing i = {.values = values,
                   .strategy = replaces ? REALM_OVERWRITE_EXISTING
                               : merges ? REALM_MERGE_EXISTING
                                        : REALM_IGNORE_EXISTING};
    if (options_has(values, "server"))
        return remote_realm_import(values);
    if (replaces && merges)
        return command_usage_error("--replace and --merge exclude each other");
    ost_result result = find_paths(values, &error);
    if (result == OST_OK)
        result = command_open_store(
            values, options_has(values, "dry-run") ? STORE_ON_TRIAL : STORE_ANYWHERE, &db, &error);
    if (result == OST_OK)
        result = begin_import(&i, &error);
    if (result == OST_OK)
        result = import_all(&i, db, &error);
    ost_result written = import_finish(&i, &unwritten);
    ost_arena_free(i.arena);
    store_close(db);
    if (result != OST_OK)
        return command_fail(&error, "realm import");
    return written == OST_OK ? EXIT_DONE : command_fail(&unwritten, "realm import");
}

static const option options[] = {
    {"replace", NULL, NULL, NULL,
     "a realm that exists becomes as the file says (OVERWRITE_EXISTING)"},
    {"merge", NULL, NULL, NULL, "what the file says is put over a realm that exists"},
    {"strict", NULL, NULL, NULL, "refuse what would be kept without effect, and what is unknown"},
    {"dry-run", NULL, NULL, NULL,
     "read and check everything, show what would change, and store nothing"},
    {"json", NULL, NULL, NULL, "the whole report as JSON"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};
const command command_realm_import = {
    .words = "realm import",
    .operands = "PATH…",
    .summary =
        "Import realm files, or folders of them; a realm that exists is skipped (IGNORE_EXISTING).",
    .options = options,
    .min_operands = 1,
    .max_operands = 64,
    .run = run_import,
};
