/* SPDX-License-Identifier: Apache-2.0 */
/* Users on their way into the store; see user_feed.h. */
#include "provider/file/user_feed.h"

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "base/thread.h"
#include "provider/file/user_make.h"
#include "provider/file/user_review.h"
#include "provider/realm/user_row.h"
#include "provider/stream/users_apart.h"
#include "store/user/user_record.h"

#define BATCH 512
#define BATCH_MEMORY ((size_t)8 << 20) /* or as many as take so much */
#define MOST_MEMORY ((size_t)256 << 20)

typedef struct batch {
    user_feed *feed;
    ost_arena *arena; /* where the rows live */
    store_user *rows;
    size_t count;
    ost_result result;
    ost_error error;
    bool is_made, runs; /* by a thread */
    pthread_t thread;
} batch;

struct user_feed {
    user_feed_source from;
    user_reader reader;
    bool at_end;
    batch batches[2];
    size_t turn; /* which one comes next */
    size_t count, told;
};

/* ---- rows ---- */

static ost_result make_row(const user_feed *f, const ost_json *user, batch *b, store_user *ret_row)
{
    const user_feed_source *from = &f->from;
    const realm *r = from->realm;
    size_t number = f->reader.number - 1;
    ost_text password = plain_passwords_find(from->passwords, number);
    const user_row_home home = {.realm = r, .context = from->context, .arena = b->arena};
    ost_result result = user_make_check(user, number, r, &b->error);
    if (result == OST_OK && password.len == 0)
        result = user_make_judge(user, number, r, &b->error);
    if (result == OST_OK)
        result = user_row_read_with(&home, user, password, number, ret_row, &b->error);
    if (result == OST_OK)
        result = user_make_consents(user, number, r, from->context, b->arena, ret_row, &b->error);
    ret_row->email_shared = r->duplicate_emails;
    if (result == OST_OK) /* beside the thread that writes */
        result = error_set_sentence(&b->error, store_user_prepare(ret_row, b->arena));
    return result;
}

static ost_result add_accounts(const user_feed *f, batch *b)
{
    const realm *r = f->from.realm;
    const user_row_home home = {.realm = r, .context = f->from.context, .arena = b->arena};
    for (size_t i = 0; i < r->client_count; i++) {
        store_user row;
        if (!r->clients[i]->service_account)
            continue;
        ost_result result =
            user_row_service_account(&home, text_of(r->clients[i]->client_id), &row);
        if (result != OST_OK)
            return ost_error_set(&b->error, result, "out of memory");
        if (!account_is_taken(f->from.accounts, row.username))
            b->rows[b->count++] = row;
    }
    return OST_OK;
}

static ost_result make_rows(user_feed *f, batch *b)
{
    const ost_json *user;
    ost_result result = OST_OK;
    b->rows = ost_arena_alloc(b->arena, (BATCH + f->from.realm->client_count) * sizeof *b->rows);
    if (b->rows == NULL)
        return ost_error_set(&b->error, OST_E_MEMORY, "out of memory");
    while (result == OST_OK && !f->at_end && b->count < BATCH &&
           (b->count == 0 || ost_arena_used(b->arena) < BATCH_MEMORY)) {
        result = user_review_next(&f->reader, f->from.strict, NULL, b->arena, &user, &b->error);
        f->at_end = result == OST_OK && user == NULL;
        if (f->at_end)
            result = add_accounts(f, b);
        else if (result == OST_OK)
            result = make_row(f, user, b, &b->rows[b->count++]);
    }
    return result;
}

static void *feed_run(void *data)
{
    batch *b = data;
    b->result = make_rows(b->feed, b);
    return NULL;
}

/* ---- batches ---- */

static void start(batch *b)
{
    ost_arena_reset(b->arena);
    arena_trim(b->arena, BATCH_MEMORY);
    b->count = 0;
    b->error = (ost_error){0};
    b->is_made = true;
    b->runs = thread_start(&b->thread, "import", feed_run, b);
    if (!b->runs)
        (void)feed_run(b);
}

static void wait_for(batch *b)
{
    if (b->runs)
        pthread_join(b->thread, NULL);
    b->runs = false;
}

static ost_result feed_begin(void *user, ost_error *error)
{
    user_feed *f = user;
    (void)error;
    for (size_t i = 0; i < 2; i++) {
        wait_for(&f->batches[i]);
        f->batches[i].is_made = false;
    }
    user_reader_free(&f->reader);
    user_reader_begin(&f->reader, f->from.ranges);
    f->at_end = false;
    f->count = f->told = f->turn = 0;
    return OST_OK;
}

/* On the way alone: what is short says nothing. */
static void tell_progress(const user_feed *f)
{
    const user_rows_progress *p = f->from.progress;
    if (p != NULL && p->tell != NULL && f->told > 0 && f->told < f->from.ranges->users)
        p->tell(p->user, "stored", f->told, f->from.ranges->users);
}

static ost_result next(void *user, const store_user **ret_users, size_t *ret_count,
                       ost_error *error)
{
    user_feed *f = user;
    batch *b = &f->batches[f->turn % 2], *other = &f->batches[(f->turn + 1) % 2];
    tell_progress(f);
    if (!b->is_made)
        start(b);
    wait_for(b);
    b->is_made = false;
    if (b->result != OST_OK)
        return ost_error_set(error, b->result, "%s", b->error.detail);
    if (b->count > 0 && !f->at_end) /* its reader rests */
        start(other);
    f->turn++;
    f->count += b->count;
    f->told = f->count < f->from.ranges->users ? f->count : f->from.ranges->users;
    *ret_users = b->rows;
    *ret_count = b->count;
    return OST_OK;
}

/* ---- the feed ---- */

user_feed *user_feed_new(const user_feed_source *source)
{
    user_feed *f = memory_alloc(sizeof *f);
    if (f == NULL)
        return NULL;
    f->from = *source;
    user_reader_begin(&f->reader, source->ranges);
    for (size_t i = 0; i < 2; i++) {
        f->batches[i].feed = f;
        f->batches[i].arena = ost_arena_new(MOST_MEMORY);
        if (f->batches[i].arena == NULL) {
            user_feed_free(f);
            return NULL;
        }
    }
    return f;
}

void user_feed_free(user_feed *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < 2; i++) {
        wait_for(&f->batches[i]);
        ost_arena_free(f->batches[i].arena);
    }
    user_reader_free(&f->reader);
    memory_free(f);
}

store_user_feed user_feed_for_store(user_feed *f)
{
    return (store_user_feed){.begin = feed_begin, .next = next, .user = f};
}

/* As the store says it. */
static ost_result keep_apart(users_apart *seen, id_set *ids, const store_user *user,
                             ost_error *error)
{
    ost_result result = users_apart_add(seen, ids, user);
    return result == OST_E_CONFLICT
               ? ost_error_set(error, result,
                               "a user of the name, id or address of %.*s exists already",
                               (int)user->username.len, user->username.data)
               : error_set_sentence(error, result);
}

ost_result user_feed_try(user_feed *f, ost_error *error)
{
    const store_user *rows;
    size_t count = 1;
    users_apart seen;
    id_set ids = {0};
    ost_result result = users_apart_begin(&seen, f->from.ranges->users, f->from.context);
    if (result == OST_OK)
        result = id_set_begin(&ids, f->from.context);
    result = result == OST_OK ? feed_begin(f, error) : error_set_sentence(error, result);
    while (result == OST_OK && count > 0) {
        result = next(f, &rows, &count, error);
        for (size_t i = 0; result == OST_OK && i < count; i++)
            result = keep_apart(&seen, &ids, &rows[i], error);
    }
    users_apart_clear(&seen);
    id_set_clear(&ids);
    return result;
}

size_t user_feed_count(const user_feed *f)
{
    return f->count;
}
