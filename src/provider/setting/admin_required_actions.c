/* SPDX-License-Identifier: Apache-2.0 */
/* Required actions of a realm in the admin REST API: what may be asked of people when they sign in,
 * and what of it is on. */
#include <stdlib.h>

#include "base/array.h"
#include "base/json/json_list.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/member/member.h"
#include "provider/realm/document_limit.h"
#include "provider/setting/sign_in.h"
#include "provider/user/required_action.h"

#define ACTIONS "requiredActions"

ost_result sign_in_read(const admin_call *a, const char *which, const ost_json **ret_list)
{
    extern const unsigned char sign_in_json[];
    extern const size_t sign_in_json_len;
    const ost_json *unset, *list = ost_json_get(a->realm.realm->document, which);
    if (ost_json_count(list) > 0) {
        *ret_list = list;
        return OST_OK;
    }
    ost_result result =
        ost_json_read(text_of_bytes(sign_in_json, sign_in_json_len), NULL, a->arena, &unset, NULL);
    if (result == OST_OK)
        *ret_list = ost_json_get(unset, which);
    return result;
}

static int64_t priority_of(const ost_json *action)
{
    int64_t priority;
    return ost_json_integer(ost_json_get(action, "priority"), &priority) ? priority : 0;
}

static void put_flag(ost_json_writer *w, const ost_json *action, const char *name, bool absent)
{
    bool value = absent;
    if (!ost_json_boolean(ost_json_get(action, name), &value))
        value = absent;
    ost_json_member_boolean(w, name, value);
}

/* One that does not say whether it is on, is: so the login takes it. */
static void put_action(ost_json_writer *w, const ost_json *action)
{
    ost_text alias = part_text(action, "alias"), kind = part_text(action, "providerId");
    const ost_json *config = ost_json_get(action, "config");
    ost_json_open_object(w);
    ost_json_member_text(w, "alias", alias);
    if (part_text(action, "name").len > 0)
        ost_json_member_text(w, "name", part_text(action, "name"));
    ost_json_member_text(w, "providerId", kind.len > 0 ? kind : alias);
    put_flag(w, action, "enabled", true);
    put_flag(w, action, "defaultAction", false);
    ost_json_member_integer(w, "priority", priority_of(action));
    ost_json_put_name(w, OST_TEXT("config"));
    if (ost_json_is(config, OST_JSON_OBJECT)) {
        ost_json_put_value(w, config);
    } else {
        ost_json_open_object(w);
        ost_json_close_object(w);
    }
    ost_json_close_object(w);
}

static int by_priority(const void *one, const void *other)
{
    int64_t a = priority_of(*(const ost_json *const *)one);
    int64_t b = priority_of(*(const ost_json *const *)other);
    return (a > b) - (a < b);
}

ost_result admin_list_required_actions(admin_call *a)
{
    const ost_json *list;
    size_t count = 0;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? sign_in_read(a, ACTIONS, &list) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    const ost_json **all = ost_arena_alloc(a->arena, (ost_json_count(list) + 1) * sizeof *all);
    if (all == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        all[count++] = at;
    qsort(all, count, sizeof *all, by_priority);
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++)
        put_action(w, all[i]);
    ost_json_close_array(w);
    return admin_answer(a, w);
}

/* NULL in *ret_action: there is none, and the call is refused. */
static ost_result action_find(admin_call *a, const ost_json **ret_list, const ost_json **ret_action)
{
    ost_result result = sign_in_read(a, ACTIONS, ret_list);
    *ret_action = result == OST_OK ? json_list_find(*ret_list, "alias", a->values[1]) : NULL;
    if (result == OST_OK && *ret_action == NULL)
        return admin_refuse(a, 404, "error", "Failed to find required action");
    return result;
}

ost_result admin_list_unregistered_actions(admin_call *a)
{
    const ost_json *list;
    const char *const *known = required_action_aliases();
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    ost_result result = w != NULL ? sign_in_read(a, ACTIONS, &list) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    for (size_t i = 0; known[i] != NULL; i++) {
        if (json_list_find(list, "alias", text_of(known[i])) != NULL)
            continue;
        ost_json_open_object(w);
        ost_json_member_string(w, "providerId", known[i]);
        ost_json_member_string(w, "name", known[i]);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_read_required_action(admin_call *a)
{
    const ost_json *list, *action;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? action_find(a, &list, &action) : OST_E_MEMORY;
    if (result != OST_OK || action == NULL)
        return result;
    put_action(w, action);
    return admin_answer(a, w);
}

/* The body in its place: what it leaves out is off, as in Keycloak; alias and kind stay. */
static ost_result replaced(admin_call *a, const ost_json *action, const ost_json **ret_action)
{
    static const char *const flags[] = {"enabled", "defaultAction"};
    const ost_json *changed = NULL;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    put_action(w, a->body);
    ost_result result = json_writer_read(w, NULL, &changed, NULL);
    if (result == OST_OK)
        result = document_put_text(changed, "alias", a->values[1], a->arena, &changed);
    ost_text kind = part_text(action, "providerId");
    if (result == OST_OK)
        result = document_put_text(changed, "providerId", kind.len > 0 ? kind : a->values[1],
                                   a->arena, &changed);
    for (size_t i = 0; i < ARRAY_LEN(flags) && result == OST_OK; i++) {
        bool on = false;
        if (!ost_json_boolean(ost_json_get(a->body, flags[i]), &on))
            on = false;
        result = document_put_boolean(changed, flags[i], on, a->arena, &changed);
    }
    *ret_action = changed;
    return result;
}

static ost_result store_list(admin_call *a, const ost_json *list)
{
    ost_result result = admin_store_member(a, ACTIONS, list);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_update_required_action(admin_call *a)
{
    const ost_json *list, *action, *changed;
    ost_result result = action_find(a, &list, &action);
    if (result != OST_OK || action == NULL || !admin_body_of(a, &member_required_action))
        return result;
    result = replaced(a, action, &changed);
    if (result == OST_OK)
        result = document_replace(list, action, changed, a->arena, &list);
    return result == OST_OK ? store_list(a, list) : result;
}

/* The last one of the list, and on. */
static ost_result write_registered(admin_call *a, const ost_json *list, ost_text alias,
                                   const ost_json **ret_action)
{
    int64_t last = 0;
    ost_text name = part_text(a->body, "name");
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        last = priority_of(at) > last ? priority_of(at) : last;
    ost_json_open_object(w);
    ost_json_member_text(w, "alias", alias);
    ost_json_member_text(w, "name", name.len > 0 ? name : alias);
    ost_json_member_text(w, "providerId", alias);
    ost_json_member_boolean(w, "enabled", true);
    ost_json_member_boolean(w, "defaultAction", false);
    ost_json_member_integer(w, "priority", last + 1);
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_action, NULL);
}

ost_result admin_register_action(admin_call *a)
{
    const ost_json *list, *action;
    ost_text alias = part_text(a->body, "providerId");
    ost_result result = sign_in_read(a, ACTIONS, &list);
    if (result != OST_OK)
        return result;
    if (!text_is_one_of(alias, required_action_aliases()))
        return admin_refuse(a, 400, "error",
                            "Required Action Provider with given providerId not found");
    if (json_list_find(list, "alias", alias) != NULL)
        return admin_refuse(a, 409, "error", "The required action is registered already");
    result = write_registered(a, list, alias, &action);
    if (result == OST_OK)
        result = document_append(list, action, a->arena, &list);
    return result == OST_OK ? store_list(a, list) : result;
}

/* It stays in the list and is off: what the list lacks is on, for realm files name few. */
ost_result admin_remove_action(admin_call *a)
{
    const ost_json *list, *action, *off;
    ost_result result = action_find(a, &list, &action);
    if (result != OST_OK || action == NULL)
        return result;
    result = document_put_boolean(action, "enabled", false, a->arena, &off);
    if (result == OST_OK)
        result = document_put_boolean(off, "defaultAction", false, a->arena, &off);
    if (result == OST_OK)
        result = document_replace(list, action, off, a->arena, &list);
    return result == OST_OK ? store_list(a, list) : result;
}
