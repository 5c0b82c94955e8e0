/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of groups in the admin REST API: the tree, searches, one group, its members. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/directory/admin_group.h"
#include "provider/directory/admin_role.h"
#include "provider/directory/admin_user.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/user_row.h"
#include "store/search/user_search.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"

#define NO_GROUP "Could not find group by id"
#define CHILDREN_PAGE 10 /* where nobody says how many, as in Keycloak */

/* ---- what is asked for ---- */

typedef struct group_query {
    ost_text search; /* folded, unless exact; empty: any */
    bool exact;
    ost_text attribute, value; /* attribute empty: any */
} group_query;

static group_query read_query(admin_call *a)
{
    group_query q = {.exact = admin_flag(a, "exact", false)};
    ost_text search = admin_parameter(a, "search"), attribute = admin_parameter(a, "q");
    q.search = q.exact ? search : user_row_fold(search, a->arena);
    size_t colon = text_find(attribute, ':', 0);
    if (colon < attribute.len) {
        q.attribute = text_slice(attribute, 0, colon);
        q.value = text_slice(attribute, colon + 1, attribute.len);
    }
    return q;
}

static bool has_attribute(const admin_group *group, const group_query *q)
{
    const ost_json *values =
        ost_json_get_text(ost_json_get(group->document, "attributes"), q->attribute);
    for (const ost_json *at = ost_json_first(values); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(at, q->value))
            return true;
    }
    return false;
}

static bool fits(admin_call *a, const admin_group *group, const group_query *q)
{
    if (q->attribute.len > 0 && !has_attribute(group, q))
        return false;
    if (q->exact && q->search.len > 0)
        return text_equal(group->name, q->search);
    return text_contains(user_row_fold(group->name, a->arena), q->search);
}

/* Of the groups below one a search asks how the name begins, as in Keycloak. */
static bool begins(admin_call *a, const admin_group *group, const group_query *q)
{
    if (q->exact && q->search.len > 0)
        return text_equal(group->name, q->search);
    ost_text name = user_row_fold(group->name, a->arena);
    return text_equal(text_slice(name, 0, q->search.len), q->search);
}

static int by_name(const void *one, const void *other)
{
    const admin_group *a = *(const admin_group *const *)one,
                      *b = *(const admin_group *const *)other;
    return text_compare(a->name, b->name);
}

/* Groups by name. */
typedef struct group_list {
    const admin_group **list;
    size_t count;
} group_list;

static ost_result list_new(admin_call *a, const admin_groups *groups, group_list *ret_list)
{
    ret_list->count = 0;
    ret_list->list = ost_arena_alloc(a->arena, (groups->count + 1) * sizeof *ret_list->list);
    return ret_list->list != NULL ? OST_OK : OST_E_MEMORY;
}

static void cut(group_list *l, int64_t first, int64_t max)
{
    qsort(l->list, l->count, sizeof *l->list, by_name);
    size_t skipped = first < (int64_t)l->count ? (size_t)first : l->count;
    l->list += skipped;
    l->count -= skipped;
    if (max < (int64_t)l->count)
        l->count = (size_t)max;
}

/* ---- trees ---- */

static bool is_chosen(const group_list *chosen, const admin_group *group)
{
    for (size_t i = 0; i < chosen->count; i++) {
        if (chosen->list[i] == group)
            return true;
    }
    return false;
}

static bool leads_to_chosen(const group_list *chosen, const admin_group *group)
{
    for (size_t i = 0; i < chosen->count; i++) {
        for (const admin_group *at = chosen->list[i]; at != NULL; at = at->parent) {
            if (at == group)
                return true;
        }
    }
    return false;
}

/* The chosen ones among `first` and its siblings, and below them, each within its parents. */
static void put_tree(admin_call *a, ost_json_writer *w, const admin_group *first,
                     const group_list *chosen, unsigned flags)
{
    for (const admin_group *at = first; at != NULL; at = at->next) {
        if (!leads_to_chosen(chosen, at))
            continue;
        admin_group_open(a, w, at, flags);
        put_tree(a, w, at->first_child, chosen, flags);
        admin_group_close(w);
    }
}

static ost_result choose(admin_call *a, const admin_groups *groups, bool all_levels,
                         group_list *ret_chosen)
{
    const group_query q = read_query(a);
    ost_result result = list_new(a, groups, ret_chosen);
    for (size_t i = 0; i < groups->count && result == OST_OK; i++) {
        if ((all_levels || groups->list[i].parent == NULL) && fits(a, &groups->list[i], &q))
            ret_chosen->list[ret_chosen->count++] = &groups->list[i];
    }
    return result;
}

ost_result admin_list_groups(admin_call *a)
{
    admin_groups groups;
    group_list chosen;
    int64_t first, max;
    unsigned flags = GROUP_COUNT | GROUP_ACCESS | (admin_is_brief(a) ? GROUP_BRIEF : GROUP_WHOLE);
    bool searched = admin_parameter(a, "search").len > 0 || admin_parameter(a, "q").len > 0;
    bool flat = !admin_flag(a, "populateHierarchy", true);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (!admin_number(a, "first", 0, &first) || !admin_number(a, "max", INT32_MAX, &max))
        return OST_OK;
    ost_result result = w != NULL ? admin_groups_load(a, &groups) : OST_E_MEMORY;
    if (result == OST_OK)
        result = choose(a, &groups, searched, &chosen);
    if (result != OST_OK)
        return result;
    cut(&chosen, first, admin_may(a, VIEW_USERS) ? max : 0);
    ost_json_open_array(w);
    if (searched && !flat && chosen.count > 0) {
        put_tree(a, w, &groups.list[0], &chosen, flags);
    } else {
        for (size_t i = 0; i < chosen.count; i++)
            admin_group_put(a, w, chosen.list[i], flags);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

static ost_result answer_count(admin_call *a, size_t count)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_integer(w, "count", (int64_t)count);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_count_groups(admin_call *a)
{
    admin_groups groups;
    group_list chosen;
    bool top = admin_flag(a, "top", false);
    ost_result result = admin_groups_load(a, &groups);
    if (result == OST_OK)
        result = choose(a, &groups, !top, &chosen);
    return result == OST_OK ? answer_count(a, chosen.count) : result;
}

/* ---- one group ---- */

static ost_result answer_group(admin_call *a, const admin_group *group, unsigned flags)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    admin_group_put(a, w, group, flags);
    return admin_answer(a, w);
}

ost_result admin_read_group(admin_call *a)
{
    admin_groups groups;
    ost_result result = admin_groups_load(a, &groups);
    if (result != OST_OK)
        return result;
    const admin_group *group = admin_groups_of_path(a, &groups, 1, NO_GROUP);
    return group != NULL ? answer_group(a, group, GROUP_WHOLE | GROUP_COUNT | GROUP_ACCESS)
                         : OST_OK;
}

ost_result admin_read_group_at(admin_call *a)
{
    admin_groups groups;
    ost_result result = admin_groups_load(a, &groups);
    if (result != OST_OK)
        return result;
    ost_text path = a->rest;
    if (path.len > 1 && path.data[path.len - 1] == '/')
        path.len--; /* as those write it who cut a group's name off its path */
    const admin_group *group = admin_groups_at(&groups, path);
    return group != NULL ? answer_group(a, group, GROUP_WHOLE)
                         : admin_refuse(a, 404, "error", "Group path does not exist");
}

ost_result admin_list_children(admin_call *a)
{
    admin_groups groups;
    group_list children;
    int64_t first, max;
    bool whole = !admin_flag(a, "briefRepresentation", false);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (!admin_number(a, "first", 0, &first) || !admin_number(a, "max", CHILDREN_PAGE, &max))
        return OST_OK;
    ost_result result = w != NULL ? admin_groups_load(a, &groups) : OST_E_MEMORY;
    if (result == OST_OK)
        result = list_new(a, &groups, &children);
    const admin_group *parent =
        result == OST_OK ? admin_groups_of_path(a, &groups, 1, NO_GROUP) : NULL;
    if (parent == NULL)
        return result;
    const group_query q = read_query(a);
    for (const admin_group *at = parent->first_child; at != NULL; at = at->next) {
        if (begins(a, at, &q))
            children.list[children.count++] = at;
    }
    cut(&children, first, max);
    ost_json_open_array(w);
    for (size_t i = 0; i < children.count; i++)
        admin_group_put(a, w, children.list[i],
                        GROUP_COUNT | GROUP_ACCESS | (whole ? GROUP_WHOLE : GROUP_BRIEF));
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_list_members(admin_call *a)
{
    admin_groups groups;
    store_user *users;
    size_t count;
    int64_t first, max;
    if (!admin_user_page(a, &first, &max))
        return OST_OK;
    ost_result result = admin_groups_load(a, &groups);
    if (result != OST_OK)
        return result;
    const admin_group *group = admin_groups_of_path(a, &groups, 1, NO_GROUP);
    if (group == NULL)
        return OST_OK;
    const store_renaming what = {.kind = STORE_LINK_GROUP, .from = text_of(group->key)};
    result = store_user_linked(a->realm.store, a->realm.row.name, &what, first, max, a->arena,
                               &users, &count);
    return result == OST_OK ? admin_user_answer(a, users, count,
                                                admin_flag(a, "briefRepresentation", false), false)
                            : result;
}

/* ---- the groups of a user ---- */

static ost_result user_groups(admin_call *a, const ost_json *document, group_list *ret_list)
{
    admin_groups groups;
    ost_text path;
    const group_query q = read_query(a);
    ost_result result = admin_groups_load(a, &groups);
    if (result == OST_OK)
        result = list_new(a, &groups, ret_list);
    if (result != OST_OK)
        return result;
    for (const ost_json *at = ost_json_first(ost_json_get(document, "groups")); at != NULL;
         at = ost_json_next(at)) {
        const admin_group *group = ost_json_text(at, &path) ? admin_groups_at(&groups, path) : NULL;
        if (group != NULL && fits(a, group, &q) && !is_chosen(ret_list, group))
            ret_list->list[ret_list->count++] = group;
    }
    return OST_OK;
}

ost_result admin_list_user_groups(admin_call *a)
{
    store_user user;
    const ost_json *document;
    group_list list;
    bool found;
    int64_t first, max;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (!admin_number(a, "first", 0, &first) || !admin_number(a, "max", INT32_MAX, &max))
        return OST_OK;
    ost_result result = w != NULL ? admin_user_find(a, &user, &document, &found) : OST_E_MEMORY;
    if (result != OST_OK || !found)
        return result;
    result = user_groups(a, document, &list);
    if (result != OST_OK)
        return result;
    cut(&list, first, max);
    ost_json_open_array(w);
    for (size_t i = 0; i < list.count; i++)
        admin_group_put(a, w, list.list[i], admin_is_brief(a) ? GROUP_BRIEF : GROUP_WHOLE);
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_count_user_groups(admin_call *a)
{
    store_user user;
    const ost_json *document;
    group_list list;
    bool found;
    ost_result result = admin_user_find(a, &user, &document, &found);
    if (result != OST_OK || !found)
        return result;
    result = user_groups(a, document, &list);
    return result == OST_OK ? answer_count(a, list.count) : result;
}
