/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of users in the admin REST API: by what a query narrows them to, by ids, and the accounts
 * of clients by their names. */
#include <stdlib.h>

#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/directory/admin_user.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/realm.h"
#include "provider/realm/user_row.h"
#include "store/search/user_query.h"
#include "store/search/user_search.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define VIEW (RIGHT_VIEW_USERS | RIGHT_MANAGE_USERS)
#define MAX_IDS 100

/* Whom identity providers know is not found by that: a list that left it out would be a lie. */
static bool is_by_provider(admin_call *a)
{
    if (admin_parameter(a, "idpAlias").len + admin_parameter(a, "idpUserId").len == 0)
        return false;
    admin_refuse(a, 501, "error", "Users are not found by their identity provider");
    return true;
}

/* Users who are named one by one. */
typedef struct user_list {
    store_user *list;
    size_t count;
} user_list;

static int by_name(const void *one, const void *other)
{
    return text_compare(((const store_user *)one)->username, ((const store_user *)other)->username);
}

static ost_result pick(admin_call *a, const store_user_wanted *wanted, user_list *ret_users)
{
    ost_result result =
        store_user_pick(a->realm.store, wanted, a->arena, &ret_users->list, &ret_users->count);
    if (result == OST_OK && ret_users->count > 0)
        qsort(ret_users->list, ret_users->count, sizeof *ret_users->list, by_name);
    return result;
}

/* ---- by ids ---- */

static bool is_by_id(admin_call *a)
{
    return text_starts(admin_parameter(a, "search"), "id:");
}

/* "id:" and ids, blanks between them. */
static ost_result pick_ids(admin_call *a, user_list *ret_users)
{
    ost_text ids[MAX_IDS], id, search = admin_parameter(a, "search");
    store_user_wanted wanted = {.realm = a->realm.row.name, .ids = ids};
    search = text_slice(search, 3, search.len);
    while (wanted.id_count < MAX_IDS && text_next(&search, ' ', &id)) {
        bool again = id.len == 0;
        for (size_t i = 0; i < wanted.id_count && !again; i++)
            again = text_equal(ids[i], id);
        if (!again)
            ids[wanted.id_count++] = id;
    }
    return pick(a, &wanted, ret_users);
}

/* ---- the accounts of clients ---- */

/* Searches pass them by, as lists of all do; whoever says how such a name begins means them. */
static bool means_accounts(admin_call *a)
{
    static const char *const others[] = {"search", "email",   "firstName",     "lastName",
                                         "q",      "enabled", "emailVerified", NULL};
    ost_text name = user_row_fold(admin_parameter(a, "username"), a->arena);
    for (size_t i = 0; others[i] != NULL; i++) {
        if (admin_parameter(a, others[i]).len > 0)
            return false;
    }
    return text_starts(name, SERVICE_ACCOUNT);
}

static ost_result pick_accounts(admin_call *a, user_list *ret_users)
{
    const realm *of = a->realm.realm;
    ost_text wanted_name = user_row_fold(admin_parameter(a, "username"), a->arena);
    ost_text *names = ost_arena_alloc(a->arena, (of->client_count + 1) * sizeof *names);
    store_user_wanted wanted = {.realm = a->realm.row.name, .names = names};
    bool exact = admin_flag(a, "exact", false);
    if (names == NULL || wanted_name.data == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < of->client_count; i++) {
        const realm_client *client = of->clients[i];
        ost_text name = user_row_fold(text_of(client->service_account_user), a->arena);
        if (client->service_account &&
            (exact ? text_equal(name, wanted_name) : text_contains(name, wanted_name)))
            names[wanted.name_count++] = name;
    }
    return pick(a, &wanted, ret_users);
}

/* ---- answers ---- */

static ost_result answer(admin_call *a, const user_list *users)
{
    return admin_user_answer(a, users->list, users->count,
                             admin_flag(a, "briefRepresentation", false), true);
}

/* From `first` on at most `max` of the named ones and, behind them, of those that the query finds.
 */
static ost_result page(admin_call *a, const store_user_query *query, user_list named, int64_t first,
                       int64_t max)
{
    user_list found = {0};
    size_t skipped = first < (int64_t)named.count ? (size_t)first : named.count;
    size_t taken = named.count - skipped;
    if ((int64_t)taken > max)
        taken = (size_t)max;
    ost_result result = store_user_page(a->realm.store, query, first - (int64_t)skipped,
                                        max - (int64_t)taken, a->arena, &found.list, &found.count);
    store_user *all = ost_arena_alloc(a->arena, (taken + found.count + 1) * sizeof *all);
    if (result != OST_OK || all == NULL)
        return result != OST_OK ? result : OST_E_MEMORY;
    for (size_t i = 0; i < taken; i++)
        all[i] = named.list[skipped + i];
    for (size_t i = 0; i < found.count; i++)
        all[taken + i] = found.list[i];
    return answer(a, &(user_list){all, taken + found.count});
}

ost_result admin_list_users(admin_call *a)
{
    store_user_query query;
    user_list named = {0};
    int64_t first, max;
    if (is_by_provider(a))
        return OST_OK;
    ost_result result = admin_user_query(a, &query);
    if (result != OST_OK || !admin_user_page(a, &first, &max))
        return result;
    if (!admin_may(a, VIEW))
        return answer(a, &named);
    if (is_by_id(a)) {
        result = pick_ids(a, &named);
        return result == OST_OK ? answer(a, &named) : result;
    }
    if (means_accounts(a))
        result = pick_accounts(a, &named);
    return result == OST_OK ? page(a, &query, named, first, max) : result;
}

ost_result admin_count_users(admin_call *a)
{
    store_user_query query;
    user_list named = {0};
    int64_t count = 0;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (is_by_provider(a))
        return OST_OK;
    ost_result result = w != NULL ? admin_user_query(a, &query) : OST_E_MEMORY;
    if (result == OST_OK && admin_may(a, VIEW)) {
        if (is_by_id(a))
            result = pick_ids(a, &named);
        else if (means_accounts(a))
            result = pick_accounts(a, &named);
        if (result == OST_OK && !is_by_id(a))
            result = store_user_count(a->realm.store, &query, a->arena, &count);
    }
    if (result != OST_OK)
        return result;
    ost_json_put_integer(w, count + (int64_t)named.count);
    return admin_answer(a, w);
}
