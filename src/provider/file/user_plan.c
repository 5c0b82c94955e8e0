/* SPDX-License-Identifier: Apache-2.0 */
/* Users under import over a realm; see user_plan.h. */
#include "provider/file/user_plan.h"

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/file/user_make.h"
#include "provider/file/user_merge.h"
#include "provider/file/user_review.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/user_row.h"
#include "store/user/store_consent.h"
#include "store/user/store_user.h"

#define BATCH 512
#define BATCH_MEMORY ((size_t)8 << 20) /* or as many as take so much */
#define MOST_MEMORY ((size_t)2 << 30)
#define ONE_USER ((size_t)256 << 20) /* a user's documents, before and after */

typedef struct planning {
    user_plan *plan;
    realm_changes *changes;
    ost_arena *batch, *scratch; /* of some users, of one */
    user_rows users;            /* of a batch */
} planning;

/* As the store says it. */
static ost_result refuse_alike(ost_text username, ost_error *error)
{
    return ost_error_set(error, OST_E_CONFLICT,
                         "there is a user of the name, id or address of %.*s already",
                         (int)username.len, username.data);
}

/* ---- one user ---- */

/* What the file says a user has granted, and the store does not have. */
static ost_result consents_differ(const planning *p, const store_user *row, bool *ret_differ)
{
    store_consent *there;
    size_t count;
    *ret_differ = false;
    if (row->consent_count == 0)
        return OST_OK;
    ost_result result =
        store_consent_list(p->plan->from.store, row->realm, row->id, p->scratch, &there, &count);
    for (size_t i = 0; i < row->consent_count && result == OST_OK && !*ret_differ; i++) {
        const store_consent *wanted = &row->consents[i];
        size_t at = 0;
        while (at < count && !text_equal(there[at].client, wanted->client))
            at++;
        *ret_differ = at == count || !text_equal(there[at].scopes, wanted->scopes);
    }
    return result;
}

static ost_result compare(planning *p, const store_user *row, const store_user *before,
                          bool *ret_changed)
{
    realm_changes *c = p->changes;
    const ost_json *was = NULL, *is;
    size_t noted = c->count[CHANGE_OVERWRITTEN];
    bool consents = false;
    ost_result result = before != NULL ? user_whole(before, p->scratch, &was) : OST_OK;
    if (result == OST_OK)
        result = user_whole(row, p->scratch, &is);
    if (result == OST_OK)
        realm_changes_note(c, "USER", (ost_text){0}, row->username, was, is);
    if (result == OST_OK && before != NULL)
        result = consents_differ(p, row, &consents);
    if (result == OST_OK && consents && noted == c->count[CHANGE_OVERWRITTEN])
        realm_changes_note_member(c, CHANGE_OVERWRITTEN, "USER", row->username,
                                  OST_TEXT("clientConsents"));
    ost_arena_reset(p->scratch);
    bool other_sharing =
        before != NULL && row->email.len > 0 && row->email_shared != before->email_shared;
    *ret_changed = before == NULL || noted != c->count[CHANGE_OVERWRITTEN] || other_sharing;
    return result;
}

/* Those of the users who are nobody (null) come in between. */
static ost_result note_fate(user_plan *plan, size_t number, user_fate fate, ost_text id)
{
    ost_result result = OST_OK;
    while (result == OST_OK && plan->fates.count < number)
        result = id_list_add(&plan->fates, USER_SAME, (ost_text){0});
    return result == OST_OK ? id_list_add(&plan->fates, (unsigned char)fate, id) : result;
}

static ost_result keep_password(planning *p, size_t i)
{
    plain_passwords *kept = &p->plan->passwords;
    ost_text password = p->users.rows[i].password;
    if (user_row_plain_password(p->users.documents[i]).len == 0)
        return OST_OK;
    password.data = ost_arena_copy(p->plan->arena, password);
    if (password.data == NULL || kept->count == p->plan->from.plain)
        return OST_E_MEMORY;
    kept->made[kept->count++] = (plain_password){p->users.numbers[i], password};
    return OST_OK;
}

static bool is_renamed(const store_user *row, const store_user *before)
{
    return !text_equal(before->username, row->username) || !text_equal(before->email, row->email);
}

static ost_result plan_user(planning *p, size_t i)
{
    user_plan *plan = p->plan;
    const store_user *row = &p->users.rows[i], *before = p->users.before[i];
    bool changed;
    ost_result result = account_names_add(plan->from.accounts, p->users.documents[i], p->batch);
    if (result == OST_OK)
        result = compare(p, row, before, &changed);
    if (result != OST_OK)
        return result;
    plan->changed += changed;
    result = note_fate(plan, p->users.numbers[i],
                       before == NULL ? USER_ADDED
                       : changed      ? USER_WRITTEN
                                      : USER_SAME,
                       before != NULL && changed ? before->id : (ost_text){0});
    if (result == OST_OK && before != NULL && is_renamed(row, before))
        result = id_list_add(&plan->renamed, 0, before->id);
    return result == OST_OK && changed ? keep_password(p, i) : result;
}

/* ---- those of the file ---- */

/* The next ones, in the batch's arena. */
static ost_result gather(planning *p, user_reader *reader, bool *ret_more, ost_error *error)
{
    const ost_json *user = NULL;
    size_t *numbers = ost_arena_alloc(p->batch, BATCH * sizeof *numbers);
    p->users = (user_rows){
        .documents = ost_arena_alloc(p->batch, BATCH * sizeof *p->users.documents),
        .rows = ost_arena_alloc(p->batch, BATCH * sizeof *p->users.rows),
        .numbers = numbers,
    };
    if (numbers == NULL || p->users.documents == NULL || p->users.rows == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = OST_OK;
    while (result == OST_OK && *ret_more && p->users.count < BATCH &&
           (p->users.count == 0 || ost_arena_used(p->batch) < BATCH_MEMORY)) {
        result = user_review_next(reader, p->plan->from.strict, NULL, p->batch, &user, error);
        *ret_more = user != NULL;
        if (result != OST_OK || user == NULL)
            continue;
        numbers[p->users.count] = reader->number - 1;
        p->users.documents[p->users.count++] = user;
    }
    return result;
}

static void tell_progress(void *user, const char *what, size_t done, size_t count)
{
    const user_plan *plan = user;
    const user_rows_progress *told = plan->from.progress;
    (void)count; /* of a batch */
    if (told != NULL && told->tell != NULL)
        told->tell(told->user, what, plan->count + done, plan->from.ranges->users);
}

static ost_result make_batch(planning *p, ost_error *error)
{
    const user_plan_source *from = &p->plan->from;
    user_rows *users = &p->users;
    const user_rows_progress progress = {tell_progress, p->plan};
    ost_result result = user_merge_find(users, from->store, text_of(from->realm->name),
                                        from->users_mode, &p->plan->seen, p->batch, error);
    if (result == OST_OK)
        result = user_merge_all(users, from->users_mode, p->batch, error);
    for (size_t i = 0; i < users->count && result == OST_OK; i++)
        result = user_make_check(users->documents[i], users->numbers[i], from->realm, error);
    if (result == OST_OK)
        result = user_rows_hash(users, from->realm, &progress, from->context, p->batch, error);
    for (size_t i = 0; i < users->count && result == OST_OK; i++)
        result = user_make_consents(users->documents[i], users->numbers[i], from->realm,
                                    from->context, p->batch, &users->rows[i], error);
    return result;
}

/* Which user of the batch is to have the name or the address of a stored one. */
static const store_user *heir_of(const planning *p, const store_user *holder)
{
    size_t i = 0;
    while (i < p->users.count && !text_equal(p->users.rows[i].username, holder->username) &&
           (holder->email.len == 0 || !text_equal(p->users.rows[i].email, holder->email)))
        i++;
    return i < p->users.count ? &p->users.rows[i] : holder;
}

static ost_result note_holder(planning *p, const store_user *holder)
{
    id_list *holders = &p->plan->holders;
    if (id_set_has(&p->plan->seen, holder->id))
        return OST_OK;
    ost_result result = id_list_add(holders, 0, holder->id);
    return result == OST_OK ? id_list_add(holders, 1, heir_of(p, holder)->username) : result;
}

/* Who has a name or an address that a user of the batch comes to have. Those may still be met in
 * the file, and have others then. */
static ost_result find_holders(planning *p)
{
    store_user *found;
    size_t count = 0;
    ost_text *names = ost_arena_alloc(p->batch, p->users.count * sizeof *names);
    ost_text *addresses = ost_arena_alloc(p->batch, p->users.count * sizeof *addresses);
    if (names == NULL || addresses == NULL)
        return OST_E_MEMORY;
    store_user_wanted wanted = {
        .realm = text_of(p->plan->from.realm->name), .names = names, .addresses = addresses};
    for (size_t i = 0; i < p->users.count; i++) {
        const store_user *row = &p->users.rows[i], *before = p->users.before[i];
        if (before != NULL && !is_renamed(row, before))
            continue;
        names[wanted.name_count++] = row->username;
        if (row->email.len > 0 && !row->email_shared)
            addresses[wanted.address_count++] = row->email;
    }
    ost_result result = store_user_pick(p->plan->from.store, &wanted, p->batch, &found, &count);
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = note_holder(p, &found[i]);
    return result;
}

static ost_result keep_apart(planning *p, size_t i, ost_error *error)
{
    user_plan *plan = p->plan;
    const store_user *row = &p->users.rows[i];
    ost_result result =
        users_apart_add(&plan->apart, p->users.before[i] == NULL ? &plan->seen : NULL, row);
    return result == OST_E_CONFLICT ? refuse_alike(row->username, error)
                                    : error_set_sentence(error, result);
}

static ost_result plan_batch(planning *p, ost_error *error)
{
    ost_result result = p->users.count > 0 ? make_batch(p, error) : OST_OK;
    if (result != OST_OK)
        return result;
    for (size_t i = 0; i < p->users.count && result == OST_OK; i++)
        result = error_set_sentence(error, plan_user(p, i));
    for (size_t i = 0; i < p->users.count && result == OST_OK; i++)
        result = keep_apart(p, i, error);
    if (result == OST_OK && p->plan->from.mode == MERGE_INTO)
        result = error_set_sentence(error, find_holders(p));
    p->plan->count += p->users.count;
    return result;
}

static void forget_batch(const planning *p)
{
    ost_arena_reset(p->batch);
    arena_trim(p->batch, BATCH_MEMORY);
}

static ost_result plan_file(planning *p, ost_error *error)
{
    user_reader reader;
    bool more = true;
    ost_result result = OST_OK;
    user_reader_begin(&reader, p->plan->from.ranges);
    while (result == OST_OK && more) {
        result = gather(p, &reader, &more, error);
        if (result == OST_OK)
            result = plan_batch(p, error);
        forget_batch(p);
    }
    user_reader_free(&reader);
    return result;
}

/* ---- the accounts of clients ---- */

/* Those of the names that the store has. */
static ost_result find_accounts(const planning *p, const store_user *rows, size_t count,
                                store_user **ret_found, size_t *ret_count)
{
    const user_plan_source *from = &p->plan->from;
    ost_text *names = ost_arena_alloc(p->batch, (count + 1) * sizeof *names);
    if (names == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < count; i++)
        names[i] = rows[i].username;
    const store_user_wanted wanted = {
        .realm = text_of(from->realm->name), .names = names, .name_count = count};
    return store_user_pick(from->store, &wanted, p->batch, ret_found, ret_count);
}

static ost_result make_accounts(const planning *p, store_user *rows, size_t *ret_count)
{
    const user_plan_source *from = &p->plan->from;
    const realm *r = from->realm;
    const user_row_home home = {.realm = r, .context = from->context, .arena = p->plan->arena};
    ost_result result = OST_OK;
    *ret_count = 0;
    for (size_t i = 0; i < r->client_count && result == OST_OK; i++) {
        store_user *row = &rows[*ret_count];
        if (!r->clients[i]->service_account)
            continue;
        result = user_row_service_account(&home, text_of(r->clients[i]->client_id), row);
        *ret_count += result == OST_OK && !account_is_taken(from->accounts, row->username);
    }
    return result;
}

static bool is_among(const store_user *users, size_t count, ost_text username)
{
    size_t i = 0;
    while (i < count && !text_equal(users[i].username, username))
        i++;
    return i < count;
}

/* Clients with a service account have a user, whether the file names it or not. */
static ost_result plan_accounts(planning *p, ost_error *error)
{
    user_plan *plan = p->plan;
    size_t made, count, most = plan->from.realm->client_count + 1;
    bool changed;
    store_user *rows = ost_arena_alloc(plan->arena, most * sizeof *rows), *found;
    ost_result result = rows != NULL ? make_accounts(p, rows, &made) : OST_E_MEMORY;
    if (result == OST_OK)
        result = find_accounts(p, rows, made, &found, &count);
    plan->accounts = rows;
    for (size_t i = 0; result == OST_OK && i < made; i++) {
        if (is_among(found, count, rows[i].username))
            continue;
        result = compare(p, &rows[i], NULL, &changed);
        rows[plan->account_count++] = rows[i];
    }
    plan->count += plan->account_count;
    plan->changed += plan->account_count;
    forget_batch(p);
    return error_set_sentence(error, result);
}

/* ---- others of the realm ---- */

/* The client whose account the user is; empty: of none. */
static ost_text account_of(const store_user *user, ost_arena *arena)
{
    const ost_json *document;
    ost_text client_id = {0};
    if (text_starts(user->username, SERVICE_ACCOUNT) &&
        ost_json_read(user->document, &document_limits, arena, &document, NULL) == OST_OK)
        (void)!ost_json_text(ost_json_get(document, "serviceAccountClientId"), &client_id);
    return client_id;
}

/* The account of a client stays and goes with it. */
static bool stays(const planning *p, const store_user *user)
{
    ost_text client_id = account_of(user, p->batch);
    const realm_client *client = realm_find_client(p->plan->from.realm, client_id);
    return client_id.len > 0 ? client != NULL && client->service_account
                             : !p->plan->from.lists_users;
}

static ost_result plan_other(planning *p, const store_user *user, ost_error *error)
{
    user_plan *plan = p->plan;
    store_user pruned;
    bool changed;
    if (id_set_has(&plan->seen, user->id))
        return OST_OK;
    if (!stays(p, user)) {
        realm_changes_note_member(p->changes, CHANGE_REMOVED, "USER", user->username,
                                  (ost_text){0});
        plan->changed++;
        return error_set_sentence(error, id_list_add(&plan->removed, 0, user->id));
    }
    if (users_apart_meet(&plan->apart, user))
        return refuse_alike(user->username, error);
    ost_result result = user_prune(user, plan->from.realm, p->batch, &pruned, &changed);
    if (result != OST_OK || !changed)
        return error_set_sentence(error, result);
    result = compare(p, &pruned, user, &changed);
    plan->changed += changed;
    if (result == OST_OK && changed)
        result = id_list_add(&plan->pruned, 0, user->id);
    return error_set_sentence(error, result);
}

static ost_result plan_others(planning *p, ost_error *error)
{
    const user_plan_source *from = &p->plan->from;
    ost_arena *last = ost_arena_new(USER_MAX);
    ost_result result = error_set_sentence(error, last != NULL ? OST_OK : OST_E_MEMORY);
    ost_text behind = {0};
    size_t count = 1;
    while (result == OST_OK && count > 0) {
        store_user *users;
        result = store_user_behind(from->store, text_of(from->realm->name), behind, BATCH, p->batch,
                                   &users, &count);
        result = error_set_sentence(error, result);
        for (size_t i = 0; result == OST_OK && i < count; i++)
            result = plan_other(p, &users[i], error);
        if (result == OST_OK && count > 0) {
            ost_arena_reset(last);
            behind = users[count - 1].username;
            behind.data = ost_arena_copy(last, behind);
            result = error_set_sentence(error, behind.data != NULL ? OST_OK : OST_E_MEMORY);
        }
        forget_batch(p);
    }
    ost_arena_free(last);
    return result;
}

/* Nobody of the file: they keep what they have. */
static ost_result refuse_holders(const user_plan *plan, ost_error *error)
{
    id_cursor cursor;
    unsigned char number;
    ost_text holder, heir;
    id_list_begin(&plan->holders, &cursor);
    while (id_list_next(&cursor, &number, &holder) && id_list_next(&cursor, &number, &heir)) {
        if (!id_set_has(&plan->seen, holder))
            return refuse_alike(heir, error);
    }
    return OST_OK;
}

/* ---- the plan ---- */

static ost_result plan_all(planning *p, ost_error *error)
{
    ost_result result = plan_file(p, error);
    if (result == OST_OK)
        result = refuse_holders(p->plan, error);
    if (result == OST_OK)
        result = plan_accounts(p, error);
    if (result == OST_OK && p->plan->from.mode == MERGE_REPLACE)
        result = plan_others(p, error);
    return result;
}

ost_result user_plan_make(const user_plan_source *source, realm_changes *changes, ost_arena *arena,
                          user_plan *ret_plan, ost_error *error)
{
    *ret_plan = (user_plan){.from = *source,
                            .arena = arena,
                            .fates = {.arena = arena},
                            .renamed = {.arena = arena},
                            .pruned = {.arena = arena},
                            .removed = {.arena = arena},
                            .holders = {.arena = arena}};
    planning p = {.plan = ret_plan,
                  .changes = changes,
                  .batch = ost_arena_new(MOST_MEMORY),
                  .scratch = ost_arena_new(ONE_USER)};
    ret_plan->passwords.made =
        ost_arena_alloc(arena, (source->plain + 1) * sizeof *ret_plan->passwords.made);
    ost_result result = p.batch != NULL && p.scratch != NULL && ret_plan->passwords.made != NULL
                            ? id_set_begin(&ret_plan->seen, source->context)
                            : OST_E_MEMORY;
    if (result == OST_OK)
        result = id_set_reserve(&ret_plan->seen, source->ranges->users);
    if (result == OST_OK)
        result = users_apart_begin(&ret_plan->apart, source->ranges->users, source->context);
    result = result == OST_OK ? plan_all(&p, error) : error_set_sentence(error, result);
    ost_arena_free(p.scratch);
    ost_arena_free(p.batch);
    return result;
}

void user_plan_clear(user_plan *plan)
{
    id_set_clear(&plan->seen);
    users_apart_clear(&plan->apart);
}
