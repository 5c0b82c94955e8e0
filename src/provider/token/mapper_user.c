/* SPDX-License-Identifier: Apache-2.0 */
/* Mappers of what is known about the user; see mapper.h. */
#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/realm/group.h"
#include "provider/token/mapper.h"

#define MAX_VALUES 1024 /* of an attribute, that a token has */

/* Members of the user that mappers call attributes or properties. */
static const ost_json *user_member(const mapper_work *w, ost_text name)
{
    static const char *const members[] = {"username",      "email", "firstName", "lastName",
                                          "emailVerified", "id",    "enabled",   NULL};
    for (size_t i = 0; members[i] != NULL; i++) {
        if (text_is(name, members[i]))
            return ost_json_get(w->grant->user, members[i]);
    }
    return NULL;
}

void map_property(mapper_work *w)
{
    ost_text name = mapper_setting(w, "user.attribute"), text;
    const ost_json *member = user_member(w, name);
    bool boolean = false;
    if (ost_json_text(member, &text) && text.len > 0)
        mapper_put_text(w, text);
    else if (ost_json_boolean(member, &boolean) ||
             text_is(name, "emailVerified")) /* a user without it is not verified */
        mapper_put_text(w, text_of(boolean ? "true" : "false"));
}

typedef struct value_list {
    const ost_json *values[MAX_VALUES];
    size_t count;
} value_list;

static void add_value(value_list *list, const ost_json *value)
{
    ost_text text;
    bool known = list->count == MAX_VALUES || !ost_json_text(value, &text);
    for (size_t i = 0; i < list->count && !known; i++)
        known = ost_json_equals(list->values[i], text);
    if (!known)
        list->values[list->count++] = value;
}

static void add_values(value_list *list, const ost_json *values)
{
    if (!ost_json_is(values, OST_JSON_ARRAY)) {
        add_value(list, values);
        return;
    }
    for (const ost_json *at = ost_json_first(values); at != NULL; at = ost_json_next(at))
        add_value(list, at);
}

static void put_list(mapper_work *w, const value_list *list)
{
    ost_text text, json;
    const ost_json *item;
    ost_json_writer *writer = call_writer(w->call);
    if (writer == NULL)
        return;
    ost_json_open_array(writer);
    for (size_t i = 0; i < list->count; i++) {
        ost_text converted =
            ost_json_text(list->values[i], &text) ? mapper_convert(w, text) : (ost_text){0};
        if (converted.data != NULL &&
            ost_json_read(converted, NULL, w->call->arena, &item, NULL) == OST_OK)
            ost_json_put_value(writer, item);
    }
    ost_json_close_array(writer);
    if (ost_json_writer_finish(writer, &json) == OST_OK)
        mapper_put_list(w, json);
}

/* What the user has not, the groups pass on: the first that has it, itself or by the nearest group
 * above it. `all`: whatever user and groups have, each value once. */
static void find_attribute(const mapper_work *w, ost_text name, bool all, value_list *list)
{
    ost_text path;
    const ost_json *way[GROUP_DEPTH];
    const ost_json *groups = ost_json_get(w->call->realm->document, "groups");
    add_values(list, ost_json_get_text(ost_json_get(w->grant->user, "attributes"), name));
    for (const ost_json *at = ost_json_first(ost_json_get(w->grant->user, "groups"));
         at != NULL && (all || list->count == 0); at = ost_json_next(at)) {
        size_t depth = ost_json_text(at, &path) ? group_path(groups, path, way) : 0;
        while (depth-- > 0 && (all || list->count == 0))
            add_values(list, ost_json_get_text(ost_json_get(way[depth], "attributes"), name));
    }
}

void map_attribute(mapper_work *w)
{
    ost_text name = mapper_setting(w, "user.attribute"), text;
    value_list list = {.count = 0};
    if (user_member(w, name) != NULL) {
        map_property(w);
        return;
    }
    find_attribute(w, name, mapper_setting_is(w, "aggregate.attrs", "true"), &list);
    if (list.count > 0 && mapper_setting_is(w, "multivalued", "true"))
        put_list(w, &list);
    else if (list.count > 0 && ost_json_text(list.values[0], &text) && text.len > 0)
        mapper_put_text(w, text);
}

void map_full_name(mapper_work *w)
{
    ost_text first = {0}, last = {0};
    (void)!ost_json_text(ost_json_get(w->grant->user, "firstName"), &first);
    (void)!ost_json_text(ost_json_get(w->grant->user, "lastName"), &last);
    if (first.len + last.len == 0)
        return;
    claim_put_string(w->tree, "name",
                     call_format(w->call, "%.*s%s%.*s", (int)first.len,
                                 first.len > 0 ? first.data : "",
                                 first.len > 0 && last.len > 0 ? " " : "", (int)last.len,
                                 last.len > 0 ? last.data : ""));
}

/* OpenID Connect Core §5.1.1. Keycloak writes an empty object when nothing is known. */
void map_address(mapper_work *w)
{
    static const struct {
        const char *member, *setting, *usual;
    } parts[] = {
        {"formatted", "user.attribute.formatted", "formatted"},
        {"street_address", "user.attribute.street", "street"},
        {"locality", "user.attribute.locality", "locality"},
        {"region", "user.attribute.region", "region"},
        {"postal_code", "user.attribute.postal_code", "postal_code"},
        {"country", "user.attribute.country", "country"},
    };
    const ost_json *attributes = ost_json_get(w->grant->user, "attributes");
    claim_put_json(w->tree, OST_TEXT("address"), OST_TEXT("{}"));
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        ost_text value, name = mapper_setting(w, parts[i].setting);
        const ost_json *stored =
            ost_json_get_text(attributes, name.len > 0 ? name : text_of(parts[i].usual));
        if (ost_json_is(stored, OST_JSON_ARRAY))
            stored = ost_json_first(stored);
        char path[64];
        snprintf(path, sizeof path, "address.%s", parts[i].member);
        if (ost_json_text(stored, &value) && value.len > 0)
            claim_put_text(w->tree, path, value);
    }
}

/* Names as they are: whether "/a/b" is one or two of them, a token does not say in Keycloak either.
 */
static bool write_path(const ost_json *const *way, size_t from, size_t depth, const char *before,
                       ost_json_writer *writer, ost_arena *arena)
{
    const char *path = "";
    for (size_t i = from; i < depth && path != NULL; i++) {
        ost_text name = {0};
        (void)!ost_json_text(ost_json_get(way[i], "name"), &name);
        path = ost_arena_format(arena, "%s%s%.*s", path, before, (int)name.len, name.data);
    }
    if (path != NULL)
        ost_json_put_text(writer, text_of(path));
    return path != NULL;
}

/* Who is in no group has no such claim. */
void map_groups(mapper_work *w)
{
    ost_text json, path;
    bool full = !mapper_setting_is(w, "full.path", "false");
    const ost_json *groups = ost_json_get(w->call->realm->document, "groups");
    const ost_json *way[GROUP_DEPTH];
    ost_json_writer *writer = call_writer(w->call);
    if (writer == NULL)
        return;
    ost_json_open_array(writer);
    for (const ost_json *at = ost_json_first(ost_json_get(w->grant->user, "groups")); at != NULL;
         at = ost_json_next(at)) {
        size_t depth = ost_json_text(at, &path) ? group_path(groups, path, way) : 0;
        if (depth > 0 &&
            !write_path(way, full ? 0 : depth - 1, depth, full ? "/" : "", writer, w->call->arena))
            return;
    }
    ost_json_close_array(writer);
    if (ost_json_writer_finish(writer, &json) == OST_OK && !text_is(json, "[]"))
        mapper_put_list(w, json);
}

void map_subject(mapper_work *w)
{
    ost_text subject;
    if (pairwise_subject(&w->grant->client->pairwise, w->grant->user_id, w->call->arena,
                         &subject) == OST_OK)
        claim_put_text(w->tree, "sub", subject);
    else
        call_refuse(w->call, 500, "server_error", NULL);
}
