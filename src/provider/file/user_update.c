/* SPDX-License-Identifier: Apache-2.0 */
/* Users of a plan as the store takes them; see user_update.h. */
#include "provider/file/user_update.h"

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/file/user_make.h"
#include "provider/file/user_merge.h"
#include "provider/file/user_review.h"
#include "provider/realm/user_row.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define BATCH 512
#define BATCH_MEMORY ((size_t)8 << 20) /* or as many as take so much */
#define MOST_MEMORY ((size_t)2 << 30)

struct user_update {
    const user_plan *plan;
    user_reader reader;
    id_cursor removed, renamed, fates, pruned;
    bool accounts_told;
    ost_arena *batch;
    user_rows users; /* of a batch */
    ost_text *ids;   /* parallel; empty: somebody new */
    size_t told;
};

/* ---- who goes first ---- */

static ost_result update_begin(void *user, ost_error *error)
{
    user_update *c = user;
    const user_plan *plan = c->plan;
    (void)error;
    user_reader_free(&c->reader);
    user_reader_begin(&c->reader, plan->from.ranges);
    id_list_begin(&plan->removed, &c->removed);
    id_list_begin(&plan->renamed, &c->renamed);
    id_list_begin(&plan->fates, &c->fates);
    id_list_begin(&plan->pruned, &c->pruned);
    c->accounts_told = false;
    c->told = 0;
    return OST_OK;
}

static bool next_removed(void *user, ost_text *ret_id)
{
    unsigned char number;
    return id_list_next(&((user_update *)user)->removed, &number, ret_id);
}

static bool next_renamed(void *user, ost_text *ret_id)
{
    unsigned char number;
    return id_list_next(&((user_update *)user)->renamed, &number, ret_id);
}

/* ---- users of the file ---- */

static bool begin_batch(user_update *c, size_t **ret_numbers)
{
    ost_arena_reset(c->batch);
    arena_trim(c->batch, BATCH_MEMORY);
    *ret_numbers = ost_arena_alloc(c->batch, BATCH * sizeof **ret_numbers);
    c->ids = ost_arena_alloc(c->batch, BATCH * sizeof *c->ids);
    c->users = (user_rows){
        .documents = ost_arena_alloc(c->batch, BATCH * sizeof *c->users.documents),
        .rows = ost_arena_alloc(c->batch, BATCH * sizeof *c->users.rows),
        .numbers = *ret_numbers,
    };
    return *ret_numbers != NULL && c->ids != NULL && c->users.documents != NULL &&
           c->users.rows != NULL;
}

static bool has_room(const user_update *c)
{
    return c->users.count < BATCH &&
           (c->users.count == 0 || ost_arena_used(c->batch) < BATCH_MEMORY);
}

/* The next ones that the plan changes, as they stand in the file. */
static ost_result gather(user_update *c, size_t *numbers, ost_error *error)
{
    unsigned char fate;
    ost_text id;
    ost_result result = OST_OK;
    while (result == OST_OK && has_room(c) && id_list_next(&c->fates, &fate, &id)) {
        const ost_json *user = NULL;
        if (fate == USER_SAME) {
            result = user_reader_pass(&c->reader, error);
            continue;
        }
        result = user_review_next(&c->reader, c->plan->from.strict, NULL, c->batch, &user, error);
        if (result != OST_OK || user == NULL)
            continue;
        c->ids[c->users.count] = id;
        numbers[c->users.count] = c->reader.number - 1;
        c->users.documents[c->users.count++] = user;
    }
    return result;
}

/* As they are now: somebody else may have changed them since they were compared. */
static ost_result meet_stored(user_update *c, store_within *within, ost_error *error)
{
    ost_text *wanted = ost_arena_alloc(c->batch, (c->users.count + 1) * sizeof *wanted);
    store_user *stored;
    size_t count = 0;
    if (wanted == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (size_t i = 0; i < c->users.count; i++) {
        if (c->ids[i].len > 0)
            wanted[count++] = c->ids[i];
    }
    ost_result result = store_within_users(within, text_of(c->plan->from.realm->name), wanted,
                                           count, c->batch, &stored, &count);
    return result == OST_OK ? user_merge_take(&c->users, c->ids, stored, count, c->batch, error)
                            : error_set_sentence(error, result);
}

static ost_result make_row(user_update *c, size_t i, ost_error *error)
{
    const user_plan_source *from = &c->plan->from;
    const realm *r = from->realm;
    const ost_json *user = c->users.documents[i];
    const store_user *before = c->users.before[i];
    size_t number = c->users.numbers[i];
    store_user *row = &c->users.rows[i];
    ost_text password = plain_passwords_find(&c->plan->passwords, number);
    const user_row_home home = {.realm = r, .context = from->context, .arena = c->batch};
    ost_result result = user_make_check(user, number, r, error);
    if (result == OST_OK)
        result = before != NULL
                     ? user_row_read_over_with(&home, user, before, password, number, row, error)
                     : user_row_read_with(&home, user, password, number, row, error);
    if (result == OST_OK)
        result = user_make_consents(user, number, r, from->context, c->batch, row, error);
    row->email_shared = r->duplicate_emails;
    return result;
}

static ost_result next_of_file(user_update *c, store_within *within, ost_error *error)
{
    size_t *numbers;
    ost_result result = begin_batch(c, &numbers)
                            ? gather(c, numbers, error)
                            : ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (result == OST_OK && c->users.count > 0)
        result = meet_stored(c, within, error);
    if (result == OST_OK && c->users.count > 0)
        result = user_merge_all(&c->users, c->plan->from.users_mode, c->batch, error);
    for (size_t i = 0; i < c->users.count && result == OST_OK; i++)
        result = make_row(c, i, error);
    return result;
}

/* ---- others ---- */

/* Those who lose roles and groups that have gone. */
static ost_result prune_some(user_update *c, store_within *within, ost_text *ids)
{
    const realm *r = c->plan->from.realm;
    unsigned char number;
    store_user *stored;
    size_t count = 0;
    while (count < BATCH && id_list_next(&c->pruned, &number, &ids[count]))
        count++;
    ost_result result =
        store_within_users(within, text_of(r->name), ids, count, c->batch, &stored, &count);
    c->users.before = ost_arena_alloc(c->batch, (count + 1) * sizeof(const store_user *));
    if (c->users.before == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; result == OST_OK && i < count; i++) {
        bool changed;
        c->users.before[c->users.count] = &stored[i];
        result = user_prune(&stored[i], r, c->batch, &c->users.rows[c->users.count], &changed);
        c->users.count += result == OST_OK && changed;
    }
    return result;
}

static ost_result next_pruned(user_update *c, store_within *within, ost_error *error)
{
    size_t *numbers;
    ost_result result = OST_OK;
    if (!begin_batch(c, &numbers))
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    while (result == OST_OK && c->users.count == 0 && c->pruned.chunk != NULL)
        result = prune_some(c, within, c->ids);
    return error_set_sentence(error, result);
}

static ost_result next_accounts(user_update *c, ost_error *error)
{
    size_t *numbers, count = c->plan->account_count;
    if (c->accounts_told)
        return OST_OK;
    if (!begin_batch(c, &numbers))
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    c->accounts_told = true;
    c->users.rows = c->plan->accounts;
    c->users.before = ost_arena_alloc(c->batch, (count + 1) * sizeof(const store_user *));
    if (c->users.before == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        c->users.before[i] = NULL;
    c->users.count = count;
    return OST_OK;
}

/* ---- the feed ---- */

/* On the way alone: what is short says nothing. */
static void tell_progress(const user_update *c)
{
    const user_rows_progress *p = c->plan->from.progress;
    if (p != NULL && p->tell != NULL && c->told > 0 && c->told < c->plan->changed)
        p->tell(p->user, "stored", c->told, c->plan->changed);
}

static ost_result update_next(void *user, store_within *within, const store_user **ret_users,
                              const store_user *const **ret_before, size_t *ret_count,
                              ost_error *error)
{
    user_update *c = user;
    tell_progress(c);
    ost_result result = next_of_file(c, within, error);
    if (result == OST_OK && c->users.count == 0)
        result = next_pruned(c, within, error);
    if (result == OST_OK && c->users.count == 0)
        result = next_accounts(c, error);
    if (result != OST_OK)
        return result;
    c->told += c->users.count;
    *ret_users = c->users.rows;
    *ret_before = c->users.before;
    *ret_count = c->users.count;
    return OST_OK;
}

user_update *user_update_new(const user_plan *plan)
{
    user_update *c = memory_alloc(sizeof *c);
    if (c == NULL)
        return NULL;
    c->plan = plan;
    user_reader_begin(&c->reader, plan->from.ranges);
    c->batch = ost_arena_new(MOST_MEMORY);
    if (c->batch == NULL) {
        user_update_free(c);
        return NULL;
    }
    return c;
}

void user_update_free(user_update *c)
{
    if (c == NULL)
        return;
    user_reader_free(&c->reader);
    ost_arena_free(c->batch);
    memory_free(c);
}

store_change_feed user_update_for_store(user_update *c)
{
    return (store_change_feed){.begin = update_begin,
                               .removed = next_removed,
                               .renamed = next_renamed,
                               .next = update_next,
                               .user = c};
}
