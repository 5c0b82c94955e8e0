/* SPDX-License-Identifier: Apache-2.0 */
/* Plain passwords; see plain_passwords.h. */
#include "provider/file/plain_passwords.h"

#include <stdlib.h>

#include "base/context.h"
#include "provider/file/user_review.h"
#include "provider/realm/user_row.h"

#define BATCH 2048                      /* users whose passwords are hashed at a time */
#define BATCH_MEMORY ((size_t)16 << 20) /* or as many as take so much */
#define MOST_MEMORY ((size_t)1 << 30)

typedef struct hashing {
    const user_ranges *ranges;
    bool strict;
    const realm *realm;
    const user_rows_progress *progress;
    const ost_context *context;
    ost_arena *arena, *batch;
    plain_passwords made;
    size_t room;
} hashing;

static void tell(void *user, const char *what, size_t done, size_t count)
{
    const hashing *h = user;
    (void)count; /* of a batch */
    if (h->progress != NULL && h->progress->tell != NULL)
        h->progress->tell(h->progress->user, what, h->made.count + done, h->room);
}

/* The next users who have one, in the batch's arena. */
static ost_result gather(const hashing *h, user_reader *reader, user_rows *users, size_t *numbers,
                         bool *ret_more, ost_error *error)
{
    ost_result result = OST_OK;
    const ost_json *user = NULL;
    *ret_more = true;
    while (result == OST_OK && *ret_more && users->count < BATCH &&
           ost_arena_used(h->batch) < BATCH_MEMORY) {
        result = user_review_next(reader, h->strict, NULL, h->batch, &user, error);
        *ret_more = user != NULL;
        if (result != OST_OK || user == NULL || user_row_plain_password(user).len == 0)
            continue;
        numbers[users->count] = reader->number - 1;
        users->documents[users->count++] = user;
    }
    return result;
}

static ost_result keep(hashing *h, const user_rows *users, ost_error *error)
{
    for (size_t i = 0; i < users->count; i++) {
        ost_text password = users->rows[i].password;
        password.data = ost_arena_copy(h->arena, password);
        if (password.data == NULL || h->made.count == h->room)
            return ost_error_set(error, OST_E_MEMORY, "out of memory");
        h->made.made[h->made.count++] = (plain_password){users->numbers[i], password};
    }
    return OST_OK;
}

static ost_result hash_batch(hashing *h, user_reader *reader, bool *ret_more, ost_error *error)
{
    const user_rows_progress progress = {tell, h};
    user_rows users = {
        .documents = ost_arena_alloc(h->batch, BATCH * sizeof *users.documents),
        .rows = ost_arena_alloc(h->batch, BATCH * sizeof *users.rows),
    };
    size_t *numbers = ost_arena_alloc(h->batch, BATCH * sizeof *numbers);
    if (users.documents == NULL || users.rows == NULL || numbers == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    users.numbers = numbers;
    ost_result result = gather(h, reader, &users, numbers, ret_more, error);
    if (result == OST_OK && users.count > 0)
        result = user_rows_hash(&users, h->realm, &progress, h->context, h->batch, error);
    return result == OST_OK ? keep(h, &users, error) : result;
}

static ost_result hash_all(hashing *h, ost_error *error)
{
    user_reader reader;
    bool more = true;
    ost_result result = OST_OK;
    user_reader_begin(&reader, h->ranges);
    while (result == OST_OK && more) {
        result = hash_batch(h, &reader, &more, error);
        ost_arena_reset(h->batch);
        arena_trim(h->batch, BATCH_MEMORY);
    }
    user_reader_free(&reader);
    return result;
}

ost_result plain_passwords_make(const user_ranges *ranges, size_t count, bool strict,
                                const realm *r, const user_rows_progress *progress,
                                const ost_context *context, ost_arena *arena,
                                plain_passwords *ret_passwords, ost_error *error)
{
    hashing h = {.ranges = ranges,
                 .strict = strict,
                 .realm = r,
                 .progress = progress,
                 .context = context,
                 .arena = arena,
                 .room = count};
    h.made.made = ost_arena_alloc(arena, (count + 1) * sizeof *h.made.made);
    h.batch = ost_arena_new(MOST_MEMORY);
    ost_result result = h.made.made != NULL && h.batch != NULL
                            ? hash_all(&h, error)
                            : ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_arena_free(h.batch);
    if (result == OST_OK)
        *ret_passwords = h.made;
    return result;
}

static int compare(const void *a, const void *b)
{
    size_t one = ((const plain_password *)a)->number, other = ((const plain_password *)b)->number;
    return (one > other) - (one < other);
}

ost_text plain_passwords_find(const plain_passwords *p, size_t number)
{
    const plain_password wanted = {.number = number};
    const plain_password *found =
        p->count > 0 ? bsearch(&wanted, p->made, p->count, sizeof *p->made, compare) : NULL;
    return found != NULL ? found->password : (ost_text){0};
}
