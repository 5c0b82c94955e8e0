/* SPDX-License-Identifier: Apache-2.0 */
/* Groups by their paths, and `ostiary group`. */
#include <string.h>

#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "provider/member/member.h"

#define PAGE 500

/* "/a/b" or "a/b", encoded segment by segment. */
static const char *encode_path(administrator *a, ost_text path)
{
    ost_text segment;
    const char *encoded = "";
    while (text_next(&path, '/', &segment)) {
        if (segment.len > 0)
            encoded = ost_arena_format(a->arena, "%s/%s", encoded,
                                       administrator_segment(a, ost_arena_copy(a->arena, segment)));
        if (encoded == NULL)
            return NULL;
    }
    return encoded;
}

ost_result resource_group(administrator *a, const char *path, resource *ret_found, ost_error *error)
{
    const ost_json *at_path = NULL;
    const char *encoded = encode_path(a, text_of(path));
    ost_result result = administrator_ask(
        a, HTTP_GET,
        encoded != NULL ? ost_arena_format(a->arena, "/group-by-path%s", encoded) : NULL,
        (ost_text){0}, &at_path, error);
    if (result == OST_E_NOT_FOUND)
        return ost_error_set(error, result, "Could not find group: %s", path);
    if (result != OST_OK)
        return result;
    ost_text id = json_text_of(at_path, "id");
    ret_found->path = ost_arena_format(a->arena, "/groups/%.*s", OST_FORMAT(id));
    return administrator_ask(a, HTTP_GET, ret_found->path, (ost_text){0}, &ret_found->json, error);
}

static ost_result group_find(administrator *a, const option_values *values, const char *name,
                             resource *ret_found, ost_error *error)
{
    (void)values;
    return resource_group(a, name, ret_found, error);
}

/* Below its parent, which has to be there. */
static ost_result place(administrator *a, const option_values *values, const char **name,
                        const char **ret_path, ost_error *error)
{
    resource parent;
    const char *slash = strrchr(*name, '/');
    (void)values;
    *ret_path = "/groups";
    if (slash == NULL)
        return OST_OK;
    ost_text above = {*name, (size_t)(slash - *name)};
    *name = slash + 1;
    if (above.len == 0)
        return OST_OK;
    ost_result result = resource_group(a, ost_arena_copy(a->arena, above), &parent, error);
    if (result == OST_OK)
        *ret_path = ost_arena_format(a->arena, "%s/children", parent.path);
    return result;
}

/* With all below each: an answer has them within it (ours, Keycloak before 23) or behind a path of
 * their own. */
static ost_result list_below(administrator *a, const option_values *values, const char *path,
                             ost_error *error)
{
    const ost_json *list = NULL;
    ost_result result = administrator_ask(
        a, HTTP_GET,
        ost_arena_format(a->arena, "%s?first=0&max=%d&briefRepresentation=false", path, PAGE),
        (ost_text){0}, &list, error);
    for (const ost_json *at = ost_json_first(list); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        ost_text id = json_text_of(at, "id");
        int64_t below = 0;
        (void)!ost_json_integer(ost_json_get(at, "subGroupCount"), &below);
        if (options_has(values, "json"))
            result = resource_print_json(a, at);
        else
            a->kind->print(at);
        if (below > 0 && result == OST_OK)
            result = list_below(a, values,
                                ost_arena_format(a->arena, "/groups/%.*s/children", OST_FORMAT(id)),
                                error);
    }
    return result;
}

static ost_result list_all(administrator *a, const option_values *values, ost_error *error)
{
    return list_below(a, values, "/groups", error);
}

static void print(const ost_json *json)
{
    resource_put(json, "id", '\t');
    resource_put(json, "path", '\n');
}

const resource_kind group_kind = {.noun = "group",
                                  .name = "name",
                                  .members = &member_group,
                                  .lists = true,
                                  .find = group_find,
                                  .place = place,
                                  .list = list_all,
                                  .print = print};

RESOURCE_RUN_ALL(group_kind)

static const option options[] = {ADMINISTRATOR_OPTIONS, {0}};

const command command_group_list = {
    .words = "group list",
    .operands = "",
    .summary = "List the groups of a realm, each before those below it.",
    .options = options,
    .min_operands = 0,
    .max_operands = 0,
    .run = run_list,
};

const command command_group_show = {
    .words = "group show",
    .operands = "PATH",
    .summary = "Show a group as JSON.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};

const command command_group_create = {
    .words = "group create",
    .operands = "PATH [NAME=VALUE…]",
    .summary = "Make a group, below its parent, and print its id.",
    .options = options,
    .min_operands = 1,
    .max_operands = 64,
    .run = run_create,
};

const command command_group_set = {
    .words = "group set",
    .operands = "PATH NAME=VALUE…",
    .summary = "Set members of a group; name=NEW gives it another name.",
    .options = options,
    .min_operands = 2,
    .max_operands = 64,
    .run = run_set,
};

const command command_group_delete = {
    .words = "group delete",
    .operands = "PATH",
    .summary = "Delete a group with those below it; its members stay.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_delete,
};
