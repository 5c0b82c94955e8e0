/* SPDX-License-Identifier: Apache-2.0 */
/* At a server, what `ostiary realm import` does at the store: each realm is made by one request, or
 * (--merge) its users, clients, roles, groups and identity providers are put over those of a realm
 * that exists. What becomes of every member is the server's to know. */
#include <stdio.h>

#include "base/json/json_file.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/printable.h"
#include "cli/provider/administration.h"
#include "provider/realm/document_limit.h"
#include "provider/stream/realm_file.h"

/* What a partial import takes. */
static const char *const parts[] = {
    "users", "clients", "roles", "groups", "identityProviders", "identityProviderMappers", NULL};

typedef struct importing {
    administrator *a;
    const char *path;   /* of the file */
    ost_json_writer *w; /* NULL: text */
    bool merges;
    size_t imported, skipped;
} importing;

typedef struct merging {
    int64_t added, overwritten, skipped;
} merging;

/* ---- telling ---- */

static void tell_text(const importing *i, ost_text name, const char *outcome, size_t users,
                      const merging *merged)
{
    printable_put_text(text_of(i->path));
    fputs(": ", stdout);
    printable_put_text(name);
    if (merged != NULL)
        printf(" %s, %lld added, %lld overwritten, %lld skipped\n", outcome,
               (long long)merged->added, (long long)merged->overwritten,
               (long long)merged->skipped);
    else if (text_is(text_of(outcome), "skipped"))
        puts(" skipped because it exists");
    else
        printf(" %s, %zu users\n", outcome, users);
}

static void tell_json(const importing *i, ost_text name, const char *outcome, size_t users,
                      const merging *merged)
{
    ost_json_open_object(i->w);
    ost_json_member_string(i->w, "file", i->path);
    ost_json_member_text(i->w, "realm", name);
    ost_json_member_string(i->w, "outcome", outcome);
    ost_json_member_integer(i->w, "users", (int64_t)users);
    if (merged != NULL) {
        ost_json_member_integer(i->w, "added", merged->added);
        ost_json_member_integer(i->w, "overwritten", merged->overwritten);
        ost_json_member_integer(i->w, "skipped", merged->skipped);
    }
    ost_json_close_object(i->w);
}

static void tell(const importing *i, const ost_json *whole, const char *outcome,
                 const merging *merged)
{
    ost_text name = json_text_of(whole, "realm");
    size_t users = ost_json_count(ost_json_get(whole, "users"));
    if (i->w != NULL)
        tell_json(i, name, outcome, users, merged);
    else
        tell_text(i, name, outcome, users, merged);
}

/* ---- a realm that exists ---- */

static bool is_part(ost_text name)
{
    for (size_t i = 0; parts[i] != NULL; i++) {
        if (text_is(name, parts[i]))
            return true;
    }
    return false;
}

static ost_result part_body(const importing *i, const ost_json *whole, ost_text *ret_body)
{
    ost_json_writer *w = ost_json_writer_new(i->a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "ifResourceExists", "OVERWRITE");
    for (const ost_json *at = ost_json_first(whole); at != NULL; at = ost_json_next(at)) {
        if (!is_part(ost_json_name(at)))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_body);
}

/* What a merge leaves as it is, in one line. */
static void tell_left(const importing *i, const ost_json *whole)
{
    const char *before = "  left as it is: ";
    for (const ost_json *at = ost_json_first(whole); at != NULL && i->w == NULL;
         at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (is_part(name) || text_is(name, "id") || text_is(name, "realm"))
            continue;
        fputs(before, stdout);
        printable_put_text(name);
        before = ", ";
    }
    if (before[0] == ',')
        putchar('\n');
}

static ost_result merge(importing *i, const ost_json *whole, ost_error *error)
{
    ost_text body;
    merging done = {0};
    const ost_json *answer = NULL;
    ost_result result = part_body(i, whole, &body);
    if (result == OST_OK)
        result = administrator_ask(i->a, HTTP_POST, "/partialImport", body, &answer, error);
    if (result != OST_OK)
        return result;
    (void)!ost_json_integer(ost_json_get(answer, "added"), &done.added);
    (void)!ost_json_integer(ost_json_get(answer, "overwritten"), &done.overwritten);
    (void)!ost_json_integer(ost_json_get(answer, "skipped"), &done.skipped);
    i->imported++;
    tell(i, whole, "merged", &done);
    tell_left(i, whole);
    return OST_OK;
}

/* ---- a file ---- */

static ost_result import_realm(importing *i, const ost_json *whole, ost_error *error)
{
    ost_error ignored = {0};
    ost_text name = json_text_of(whole, "realm");
    if (name.len == 0)
        return ost_error_set(error, OST_E_FORMAT, "no realm: the member \"realm\" is missing");
    i->a->realm = ost_arena_copy(i->a->arena, name);
    if (i->a->realm == NULL)
        return OST_E_MEMORY;
    ost_result result =
        administrator_ask_server(i->a, HTTP_POST, "/realms", ost_json_source(whole), NULL, error);
    if (result == OST_OK) {
        i->imported++;
        tell(i, whole, "imported", NULL);
        return OST_OK;
    }
    if (result != OST_E_CONFLICT ||
        administrator_ask(i->a, HTTP_GET, "", (ost_text){0}, NULL, &ignored) != OST_OK)
        return result;
    *error = (ost_error){0};
    if (i->merges)
        return merge(i, whole, error);
    i->skipped++;
    tell(i, whole, "skipped", NULL);
    return OST_OK;
}

/* The whole of it: a request has no other form. */
static ost_result read_file(const importing *i, const ost_json **ret_json, ost_error *error)
{
    realm_file file;
    ost_result result = realm_file_open(i->path, &file, error);
    if (result != OST_OK)
        return result;
    byte_source source = realm_file_source(&file);
    size_t size = (size_t)file.status.st_size, len = 0;
    char *data = size < DOCUMENT_MAX ? ost_arena_alloc(i->a->arena, size + 1) : NULL;
    for (ssize_t read = 1; data != NULL && read > 0 && len < size; len += (size_t)read) {
        read = source.read(source.user, len, data + len, size - len);
        if (read < 0)
            result = OST_E_SYSTEM;
        if (read <= 0)
            break;
    }
    realm_file_close(&file);
    if (data == NULL)
        return ost_error_set(error, OST_E_CEILING, "too large for a request");
    if (result != OST_OK)
        return ost_error_set(error, result, "the file cannot be read");
    return json_file_read((ost_text){data, len}, &document_limits, i->a->arena, ret_json, error);
}

static ost_result import_file(importing *i, ost_error *error)
{
    const ost_json *json = NULL;
    ost_result result = read_file(i, &json, error);
    if (result != OST_OK || !ost_json_is(json, OST_JSON_ARRAY))
        return result == OST_OK ? import_realm(i, json, error) : result;
    for (const ost_json *at = ost_json_first(json); at != NULL && result == OST_OK;
         at = ost_json_next(at))
        result = import_realm(i, at, error);
    return result;
}

/* ---- the command ---- */

static ost_result name_file(const importing *i, ost_result result, ost_error *error)
{
    const ost_error inner = *error;
    if (text_starts(text_of(inner.detail), i->path))
        return result;
    return ost_error_set(error, result, "%s: %s", i->path,
                         inner.detail[0] != '\0' ? inner.detail : ost_result_sentence(result));
}

static ost_result import_finish(const importing *i, ost_result result)
{
    if (i->w == NULL && result == OST_OK)
        printf("%zu imported, %zu skipped because they exist\n", i->imported, i->skipped);
    if (i->w == NULL)
        return result;
    ost_json_close_array(i->w);
    ost_result written = administration_print_written(i->w);
    return result != OST_OK ? result : written;
}

static ost_result import(administrator *a, const option_values *values, ost_error *error)
{
    importing i = {.a = a, .merges = options_has(values, "merge")};
    ost_result result = OST_OK;
    if (options_has(values, "json")) {
        i.w = ost_json_writer_new(a->arena, 0);
        if (i.w == NULL)
            return OST_E_MEMORY;
        ost_json_open_array(i.w);
    }
    for (size_t n = 0; n < values->operand_count && result == OST_OK; n++) {
        i.path = values->operands[n];
        result = import_file(&i, error);
        if (result != OST_OK)
            result = name_file(&i, result, error);
    }
    return import_finish(&i, result);
}

int remote_realm_import(const option_values *values)
{
    static const char *const of_store[] = {"replace", "strict", "dry-run", NULL};
    for (size_t i = 0; of_store[i] != NULL; i++) {
        if (options_has(values, of_store[i]))
            return command_usage_error("realm import: --%s is of the store, not of a server",
                                       of_store[i]);
    }
    return administrator_run_realm(values, "realm import", NULL, import);
}
