/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing a realm before and after an import; see realm_changes.h. */
#include "provider/file/realm_changes.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/file/document_pairs.h"

#define MAX_MEMBERS 256 /* of one object that are named */

const char *change_action_name(change_action action)
{
    return action == CHANGE_ADDED ? "ADDED" : action == CHANGE_REMOVED ? "REMOVED" : "OVERWRITTEN";
}

static ost_text copy_text(realm_changes *c, ost_text text)
{
    const ost_text copy = {ost_arena_copy(c->arena, text), text.len};
    c->failed = c->failed || copy.data == NULL;
    return copy;
}

/* In memory that lasts; NULL: there is none. */
static realm_change *copy_change(realm_changes *c, const realm_change *change)
{
    realm_change *copy = ost_arena_alloc(c->arena, sizeof *copy);
    ost_text *members = ost_arena_alloc(c->arena, (change->member_count + 1) * sizeof *members);
    if (copy == NULL || members == NULL) {
        c->failed = true;
        return NULL;
    }
    *copy = *change;
    copy->owner = copy_text(c, change->owner);
    copy->name = copy_text(c, change->name);
    for (size_t i = 0; i < change->member_count; i++)
        members[i] = copy_text(c, change->members[i]);
    copy->members = members;
    return copy;
}

static void change_add(realm_changes *c, const realm_change *change)
{
    c->count[change->action]++;
    if (!c->whole && c->listed >= CHANGES_KEPT)
        return;
    realm_change *copy = copy_change(c, change);
    if (copy == NULL)
        return;
    if (c->last != NULL)
        c->last->next = copy;
    else
        c->first = copy;
    c->last = copy;
    c->listed++;
}

/* The members that `a` has otherwise than `b`, and, when `missing`, those that b lacks alone. */
static size_t different_members(const ost_json *a, const ost_json *b, bool missing,
                                json_finder *finder, ost_text *ret, size_t count)
{
    for (const ost_json *at = ost_json_first(a); at != NULL && count < MAX_MEMBERS;
         at = ost_json_next(at)) {
        const ost_json *other = json_finder_get(finder, b, ost_json_name(at));
        if (missing ? other == NULL : !document_same(at, other, finder))
            ret[count++] = ost_json_name(at);
    }
    return count;
}

static void note_object(realm_changes *c, const realm_change *named, const ost_json *before,
                        const ost_json *after, json_finder *finder)
{
    ost_text members[MAX_MEMBERS];
    realm_change change = *named;
    change.action = before == NULL  ? CHANGE_ADDED
                    : after == NULL ? CHANGE_REMOVED
                                    : CHANGE_OVERWRITTEN;
    if (before != NULL && after != NULL) {
        size_t count = different_members(after, before, false, finder, members, 0);
        count = different_members(before, after, true, finder, members, count);
        if (count == 0)
            return;
        change.members = members;
        change.member_count = count;
    }
    change_add(c, &change);
}

void realm_changes_note(realm_changes *c, const char *type, ost_text owner, ost_text name,
                        const ost_json *before, const ost_json *after)
{
    const realm_change named = {.type = type, .owner = owner, .name = name};
    note_object(c, &named, before, after, NULL);
}

void realm_changes_note_member(realm_changes *c, change_action action, const char *type,
                               ost_text name, ost_text which)
{
    const realm_change change = {.action = action,
                                 .type = type,
                                 .name = name,
                                 .members = &which,
                                 .member_count = which.len > 0 ? 1 : 0};
    change_add(c, &change);
}

/* ---- a realm's document ---- */

static const char *type_of(const member_kind *kind, bool of_client)
{
    static const struct {
        const member_kind *kind;
        const char *type;
    } types[] = {
        {&member_client, "CLIENT"},
        {&member_client_scope, "CLIENT_SCOPE"},
        {&member_group, "GROUP"},
        {&member_flow, "AUTH_FLOW"},
        {&member_authenticator_config, "AUTHENTICATOR_CONFIG"},
        {&member_required_action, "REQUIRED_ACTION"},
        {&member_identity_provider, "IDP"},
        {&member_identity_provider_mapper, "IDP_MAPPER"},
        {&member_component, "COMPONENT"},
        {&member_scope_mapping, "SCOPE_MAPPING"},
    };
    if (kind == &member_role)
        return of_client ? "CLIENT_ROLE" : "REALM_ROLE";
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (types[i].kind == kind)
            return types[i].type;
    }
    return kind->title;
}

static ost_result compare_lists(realm_changes *c, const ost_json *before, const ost_json *after,
                                const member_kind *kind, ost_text owner, json_finder *finder)
{
    document_pairs pairs;
    realm_change named = {.type = type_of(kind, owner.len > 0), .owner = owner};
    ost_result result = document_pairs_find(before, after, kind, c->arena, &pairs);
    for (size_t i = 0; result == OST_OK && i < pairs.file_count; i++) {
        named.name = document_name(pairs.file[i], kind);
        note_object(c, &named, pairs.beneath[i], pairs.file[i], finder);
    }
    for (size_t i = 0; result == OST_OK && i < pairs.stored_count; i++) {
        named.name = document_name(pairs.stored[i], kind);
        if (pairs.over[i] == NULL)
            note_object(c, &named, pairs.stored[i], NULL, finder);
    }
    return result;
}

static ost_result compare_owners(realm_changes *c, const ost_json *before, const ost_json *after,
                                 const member_kind *kind, json_finder *finder)
{
    ost_result result = OST_OK;
    for (const ost_json *at = ost_json_first(after); at != NULL && result == OST_OK;
         at = ost_json_next(at))
        result = compare_lists(c, json_finder_get(finder, before, ost_json_name(at)), at, kind,
                               ost_json_name(at), finder);
    for (const ost_json *at = ost_json_first(before); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (json_finder_get(finder, after, ost_json_name(at)) == NULL)
            result = compare_lists(c, at, NULL, kind, ost_json_name(at), finder);
    }
    return result;
}

/* True: the member holds objects with names of their own. */
static bool is_parted(const member *m)
{
    return m != NULL &&
           ((m->type == MEMBER_LIST && document_has_name(m->of)) || m->type == MEMBER_LISTS ||
            m->of == &member_roles || m->of == &member_components);
}

static ost_result compare_part(realm_changes *c, const ost_json *before, const ost_json *after,
                               const member *m, json_finder *finder)
{
    if (m->type == MEMBER_LIST)
        return compare_lists(c, before, after, m->of, (ost_text){0}, finder);
    if (m->type == MEMBER_LISTS)
        return compare_owners(c, before, after, m->of, finder);
    if (m->of == &member_components)
        return compare_owners(c, before, after, &member_component, finder);
    ost_result result =
        compare_lists(c, ost_json_get(before, "realm"), ost_json_get(after, "realm"), &member_role,
                      (ost_text){0}, finder);
    return result == OST_OK ? compare_owners(c, ost_json_get(before, "client"),
                                             ost_json_get(after, "client"), &member_role, finder)
                            : result;
}

/* Members of the realm itself. Every export has a version, and it is none of the realm's. */
static size_t own_members(const ost_json *a, const ost_json *b, bool missing, json_finder *finder,
                          ost_text *ret, size_t count)
{
    for (const ost_json *at = ost_json_first(a); at != NULL && count < MAX_MEMBERS;
         at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        const ost_json *other = ost_json_get_text(b, name);
        if (!is_parted(member_find(&member_realm, name)) && !text_is(name, "keycloakVersion") &&
            (missing ? other == NULL : !document_same(at, other, finder)))
            ret[count++] = name;
    }
    return count;
}

ost_result realm_changes_compare(realm_changes *c, const ost_json *before, const ost_json *after)
{
    ost_text members[MAX_MEMBERS], name = {0};
    json_finder finder = {.arena = c->arena};
    realm_change own = {.action = CHANGE_OVERWRITTEN, .type = "REALM"};
    ost_result result = OST_OK;
    size_t count = own_members(after, before, false, &finder, members, 0);
    count = own_members(before, after, true, &finder, members, count);
    (void)!ost_json_text(ost_json_get(after, "realm"), &name);
    own.name = name;
    own.members = members;
    own.member_count = count;
    if (count > 0)
        change_add(c, &own);
    for (size_t i = 0; i < member_realm.count && result == OST_OK; i++) {
        const member *m = &member_realm.members[i];
        if (is_parted(m))
            result = compare_part(c, ost_json_get(before, m->name), ost_json_get(after, m->name), m,
                                  &finder);
    }
    return c->failed ? OST_E_MEMORY : result;
}

/* ---- JSON ---- */

static void write_change(const realm_change *change, ost_json_writer *w)
{
    ost_json_open_object(w);
    ost_json_member_string(w, "action", change_action_name(change->action));
    ost_json_member_string(w, "resourceType", change->type);
    if (change->owner.len > 0)
        ost_json_member_text(w, "owner", change->owner);
    ost_json_member_text(w, "resourceName", change->name);
    if (change->member_count > 0) {
        ost_json_put_name(w, OST_TEXT("members"));
        ost_json_open_array(w);
        for (size_t i = 0; i < change->member_count; i++)
            ost_json_put_text(w, change->members[i]);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}

void realm_changes_write(const realm_changes *c, ost_json_writer *w)
{
    static const char *const names[CHANGE_ACTIONS] = {"added", "overwritten", "removed"};
    for (size_t i = 0; i < CHANGE_ACTIONS; i++)
        ost_json_member_integer(w, names[i], (int64_t)c->count[i]);
    ost_json_put_name(w, OST_TEXT("results"));
    ost_json_open_array(w);
    for (const realm_change *at = c->first; at != NULL; at = at->next)
        write_change(at, w);
    ost_json_close_array(w);
}
