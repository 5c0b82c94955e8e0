/* SPDX-License-Identifier: Apache-2.0 */
/* Making the rows of many users on all cores: hashing passwords is what an import takes its time
 * for. */
#include <stdatomic.h>
#include <unistd.h>

#include "base/text.h"
#include "base/thread.h"
#include "provider/file/user_make.h"
#include "provider/file/user_rows.h"
#include "provider/realm/user_row.h"

#define MAX_THREADS 64
#define BLOCK 8 /* users that a thread takes at a time */
#define WORK_ARENA ((size_t)2 << 30)

typedef struct shared_work {
    const user_rows *users;
    const realm *realm;
    const ost_context *context;
    atomic_size_t next, done;
    atomic_bool failed;
} shared_work;

typedef struct worker {
    shared_work *work;
    ost_arena *arena; /* where its rows live */
    const user_rows_progress *progress;
    ost_result result;
    ost_error error;
    size_t failed_at;
} worker;

static ost_result read_row(worker *w, size_t i, store_user *ret_row)
{
    const shared_work *work = w->work;
    const ost_json *document = work->users->documents[i];
    const store_user *before = work->users->before != NULL ? work->users->before[i] : NULL;
    const user_row_home home = {.realm = work->realm, .context = work->context, .arena = w->arena};
    size_t number = work->users->numbers[i];
    return before != NULL ? user_row_read_over(&home, document, before, number, ret_row, &w->error)
                          : user_row_read(&home, document, number, ret_row, &w->error);
}

static void make_block(worker *w, size_t first, size_t end)
{
    const shared_work *work = w->work;
    for (size_t i = first; i < end && w->result == OST_OK; i++) {
        store_user *row = &work->users->rows[i];
        w->result = user_make_judge(work->users->documents[i], work->users->numbers[i], work->realm,
                                    &w->error);
        if (w->result == OST_OK)
            w->result = read_row(w, i, row);
        row->email_shared = work->realm->duplicate_emails;
        w->failed_at = i;
    }
}

/* From the beginning on, so that whoever shows it knows how long it takes. */
static void tell_progress(const worker *w, size_t done)
{
    if (w->progress != NULL && w->progress->tell != NULL)
        w->progress->tell(w->progress->user, "prepared", done, w->work->users->count);
}

static void *run(void *data)
{
    worker *w = data;
    shared_work *work = w->work;
    size_t count = work->users->count;
    while (w->result == OST_OK && !atomic_load(&work->failed)) {
        size_t first = atomic_fetch_add(&work->next, BLOCK);
        size_t end = first + BLOCK < count ? first + BLOCK : count;
        if (first >= count)
            break;
        make_block(w, first, end);
        size_t done = atomic_fetch_add(&work->done, end - first) + end - first;
        tell_progress(w, done);
    }
    if (w->result != OST_OK)
        atomic_store(&work->failed, true);
    return NULL;
}

static size_t thread_count(size_t users)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = cores > 1 ? (size_t)cores : 1;
    size_t most = users / (2 * BLOCK) + 1;
    count = count < MAX_THREADS ? count : MAX_THREADS;
    return count < most ? count : most;
}

static void free_arena(void *arena)
{
    ost_arena_free(arena);
}

/* A worker with an arena that lives as long as that of the import. */
static bool prepare(worker *w, shared_work *work, ost_arena *arena)
{
    *w = (worker){.work = work, .arena = ost_arena_new(WORK_ARENA)};
    if (w->arena != NULL && ost_arena_defer(arena, free_arena, w->arena))
        return true;
    ost_arena_free(w->arena);
    return false;
}

/* Threads that cannot be had are done without. */
static void run_all(worker *workers, size_t *count, shared_work *work, ost_arena *arena)
{
    pthread_t threads[MAX_THREADS];
    size_t started = 1; /* the caller is the first */
    while (started < *count && prepare(&workers[started], work, arena) &&
           thread_start(&threads[started], "import", run, &workers[started]))
        started++;
    tell_progress(&workers[0], 0);
    (void)run(&workers[0]);
    for (size_t i = 1; i < started; i++)
        pthread_join(threads[i], NULL);
    *count = started;
}

ost_result user_rows_hash(const user_rows *users, const realm *r,
                          const user_rows_progress *progress, const ost_context *context,
                          ost_arena *arena, ost_error *error)
{
    worker workers[MAX_THREADS] = {0};
    const worker *first = NULL;
    size_t count = thread_count(users->count);
    shared_work work = {.users = users, .realm = r, .context = context};
    atomic_init(&work.next, 0);
    atomic_init(&work.done, 0);
    atomic_init(&work.failed, false);
    workers[0] = (worker){.work = &work, .arena = arena, .progress = progress};
    run_all(workers, &count, &work, arena);
    for (size_t i = 0; i < count; i++) {
        if (workers[i].result != OST_OK &&
            (first == NULL || workers[i].failed_at < first->failed_at))
            first = &workers[i];
    }
    return first == NULL ? OST_OK : ost_error_set(error, first->result, "%s", first->error.detail);
}
