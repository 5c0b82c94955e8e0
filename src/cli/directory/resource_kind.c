/* SPDX-License-Identifier: Apache-2.0 */
/* Listing, showing, making, changing and deleting; see resource_kind.h. */
#include "cli/directory/resource_kind.h"

#include <stdio.h>
#include <string.h>

#include "base/json/json_member.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "cli/directory/assignment.h"
#include "cli/provider/administration.h"
#include "provider/admin/document_edit.h"

static const ost_text nothing;

void resource_put(const ost_json *json, const char *member, char end)
{
    administration_put(json_text_of(json, member), end);
}

void resource_put_switch(const ost_json *json, bool fallback)
{
    bool enabled = fallback;
    (void)!ost_json_boolean(ost_json_get(json, "enabled"), &enabled);
    puts(enabled ? "enabled" : "disabled");
}

ost_result resource_print_json(administrator *a, const ost_json *json)
{
    static const char *const secrets[] = {"secret", "registrationAccessToken", "credentials", NULL};
    ost_result result = administration_without(json, secrets, a->arena, &json);
    if (result == OST_OK)
        administration_print(ost_json_source(json));
    return result;
}

ost_result resource_print(administrator *a, const resource_kind *kind, const option_values *values,
                          const ost_json *list)
{
    ost_result result = OST_OK;
    for (const ost_json *at = ost_json_first(list); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (options_has(values, "json"))
            result = resource_print_json(a, at);
        else
            kind->print(at);
    }
    return result;
}

/* ---- what is said on the command line ---- */

/* "attributes.NAME=VALUE" of what has lists of values: the value alone is a list of one. */
static ost_result list_attributes(administrator *a, const ost_json **json)
{
    const ost_json *attributes = ost_json_get(*json, "attributes");
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    const ost_json *read;
    if (attributes == NULL)
        return OST_OK;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(attributes); at != NULL; at = ost_json_next(at)) {
        bool list = ost_json_is(at, OST_JSON_ARRAY);
        ost_json_put_name(w, ost_json_name(at));
        if (!list)
            ost_json_open_array(w);
        if (list || ost_json_is(at, OST_JSON_STRING))
            ost_json_put_value(w, at);
        else
            ost_json_put_text(w, ost_json_source(at));
        if (!list)
            ost_json_close_array(w);
    }
    ost_json_close_object(w);
    ost_result result = json_writer_read(w, NULL, &read, NULL);
    return result == OST_OK ? document_put(*json, OST_TEXT("attributes"), read, a->arena, json)
                            : result;
}

/* What is absent stays, so that a member that is to go is sent as the empty text. */
static const char *assignment_of(administrator *a, const char *given)
{
    const char *sign = strchr(given, '=');
    bool of_list = a->kind->lists && text_starts(text_of(given), "attributes.");
    return sign == NULL || sign[1] != '\0' || of_list ? given
                                                      : ost_arena_format(a->arena, "%s\"\"", given);
}

static ost_result assign(administrator *a, const option_values *values, const ost_json **json,
                         ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 1; i < values->operand_count && result == OST_OK; i++) {
        const char *assignment = assignment_of(a, values->operands[i]);
        if (assignment == NULL)
            return ost_error_set(error, OST_E_MEMORY, "out of memory");
        result = assignment_check(a->kind->members, *json, text_of(assignment), a->remote != NULL,
                                  error);
        if (result == OST_OK)
            result = document_assign(*json, text_of(assignment), a->arena, json, error);
    }
    return result == OST_OK && a->kind->lists ? list_attributes(a, json) : result;
}

/* ---- the five ---- */

static ost_result ask(administrator *a, http_method method, const char *path, ost_text body,
                      const ost_json **ret_json, ost_error *error)
{
    return a->kind->of_server ? administrator_ask_server(a, method, path, body, ret_json, error)
                              : administrator_ask(a, method, path, body, ret_json, error);
}

static ost_result list(administrator *a, const option_values *values, ost_error *error)
{
    const ost_json *all = NULL;
    if (a->kind->list != NULL)
        return a->kind->list(a, values, error);
    ost_result result = ask(a, HTTP_GET, a->kind->path, nothing, &all, error);
    return result == OST_OK ? resource_print(a, a->kind, values, all) : result;
}

static ost_result show(administrator *a, const option_values *values, ost_error *error)
{
    resource found;
    ost_result result = a->kind->find(a, values, values->operands[0], &found, error);
    return result == OST_OK ? resource_print_json(a, found.json) : result;
}

static ost_result create(administrator *a, const option_values *values, ost_error *error)
{
    const char *path = a->kind->path, *name = values->operands[0];
    const ost_json *json;
    resource made;
    ost_result result =
        a->kind->place != NULL ? a->kind->place(a, values, &name, &path, error) : OST_OK;
    if (result == OST_OK)
        result = ost_json_read(a->kind->switched ? OST_TEXT("{\"enabled\":true}") : OST_TEXT("{}"),
                               NULL, a->arena, &json, NULL);
    if (result == OST_OK)
        result = document_put_text(json, a->kind->name, text_of(name), a->arena, &json);
    if (result == OST_OK)
        result = assign(a, values, &json, error);
    if (result != OST_OK)
        return result;
    result = ask(a, HTTP_POST, path, ost_json_source(json), NULL, error);
    if (result != OST_OK || options_has(values, "quiet"))
        return result;
    result = a->kind->find(a, values, values->operands[0], &made, error);
    if (result == OST_OK && options_has(values, "json"))
        result = resource_print_json(a, made.json);
    else if (result == OST_OK)
        resource_put(made.json, "id", '\n');
    return result;
}

static ost_result set(administrator *a, const option_values *values, ost_error *error)
{
    resource found;
    ost_result result = a->kind->find(a, values, values->operands[0], &found, error);
    if (result == OST_OK)
        result = assign(a, values, &found.json, error);
    return result == OST_OK ? administrator_ask(a, HTTP_PUT, found.path,
                                                ost_json_source(found.json), NULL, error)
                            : result;
}

static ost_result delete (administrator *a, const option_values *values, ost_error *error)
{
    resource found;
    ost_result result = a->kind->find(a, values, values->operands[0], &found, error);
    return result == OST_OK ? administrator_ask(a, HTTP_DELETE, found.path, nothing, NULL, error)
                            : result;
}

static int resource_run(const resource_kind *kind, const option_values *values, const char *verb,
                        administrator_work *work)
{
    char doing[64] = "";
    ost_error error = {0};
    ost_arena *arena = ost_arena_new((size_t)4096);
    const char *both = ost_arena_format(arena, "%s %s", kind->noun, verb);
    if (both == NULL || !text_to_string(text_of(both), doing, sizeof doing))
        error.code = OST_E_MEMORY;
    ost_arena_free(arena);
    if (error.code != OST_OK)
        return command_fail(&error, kind->noun);
    return kind->of_server ? administrator_run_realm(values, doing, kind, work)
                           : administrator_run(values, doing, kind, work);
}

int resource_list(const resource_kind *kind, const option_values *values)
{
    return resource_run(kind, values, "list", list);
}

int resource_show(const resource_kind *kind, const option_values *values)
{
    return resource_run(kind, values, "show", show);
}

int resource_create(const resource_kind *kind, const option_values *values)
{
    return resource_run(kind, values, "create", create);
}

int resource_set(const resource_kind *kind, const option_values *values)
{
    return resource_run(kind, values, "set", set);
}

int resource_delete(const resource_kind *kind, const option_values *values)
{
    return resource_run(kind, values, "delete", delete);
}
