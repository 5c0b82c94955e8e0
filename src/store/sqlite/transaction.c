/* SPDX-License-Identifier: Apache-2.0 */
/* Writing transactions that share commits; see sqlite_store.h. */
#include "store/sqlite/sqlite_store.h"

#include "base/array.h"
#include "base/context.h"

#define MAX_MEMBERS 64 /* of one commit: bounds how long the first of them waits */

#define BEGIN "BEGIN IMMEDIATE"
#define COMMIT "COMMIT"
#define ROLLBACK "ROLLBACK"
#define WORK_BEGIN "SAVEPOINT work"
#define WORK_KEEP "RELEASE work"
#define WORK_UNDO "ROLLBACK TO work"

/* Somebody who waits for a commit; stands on their stack. */
typedef struct commit_member {
    struct commit_member *next;
    ost_result outcome;
    bool done;
    ost_error *error; /* may be NULL */
} commit_member;

static bool is_open(const sqlite_store *s)
{
    return !sqlite3_get_autocommit(s->writer.db);
}

static ost_result sql_run(sqlite_store *s, const char *sql)
{
    statement *st = sqlite_prepare(&s->writer.base, sql);
    return st != NULL ? sqlite_run(st, NULL) : OST_E_STORE;
}

bool transaction_prepare(sqlite_store *s)
{
    static const char *const all[] = {BEGIN, COMMIT, ROLLBACK, WORK_BEGIN, WORK_KEEP, WORK_UNDO};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (sqlite_prepare(&s->writer.base, all[i]) == NULL)
            return false;
    }
    return true;
}

/* Tells everybody whose work was to be committed how that went. */
static void tell_members(sqlite_store *s, ost_result outcome, int code)
{
    pthread_mutex_lock(&s->told_lock);
    for (commit_member *at = s->members, *next; at != NULL; at = next) {
        next = at->next;
        if (outcome != OST_OK)
            ost_error_set(at->error, outcome, "%s", sqlite3_errstr(code));
        at->outcome = outcome;
        at->done = true;
    }
    pthread_cond_broadcast(&s->told);
    pthread_mutex_unlock(&s->told_lock);
    s->members = NULL;
    s->member_count = 0;
}

static void give_up(sqlite_store *s, int code)
{
    ost_result outcome = store_result(code);
    fault_note_code(s, code, system_error(&s->writer));
    if (is_open(s))
        (void)!sql_run(s, ROLLBACK);
    s->broken = is_open(s);
    tell_members(s, outcome != OST_OK ? outcome : OST_E_STORE, code);
}

/* Only a commit with something in it proves that the disk takes it. */
static void note_commit(sqlite_store *s)
{
    int changes = sqlite3_total_changes(s->writer.db);
    if (changes != s->changes)
        atomic_store(&s->base.written_at, monotonic_ms());
    s->changes = changes;
}

/* With the turn held, after some work or none: commits, or leaves that to somebody who is waiting
 * for their turn. */
static void commit_or_pass_on(sqlite_store *s)
{
    if (!is_open(s)) { /* a full disk, for one, takes everything back at once */
        give_up(s, sqlite3_errcode(s->writer.db));
    } else if (atomic_load(&s->waiting) == 0 || s->member_count >= MAX_MEMBERS) {
        if (sql_run(s, COMMIT) == OST_OK) {
            note_commit(s);
            tell_members(s, OST_OK, SQLITE_OK);
        } else {
            give_up(s, sqlite3_extended_errcode(s->writer.db));
        }
    }
}

/* With the turn held: begins the work of one, in the transaction of all. */
static ost_result sqlite_begin(sqlite_store *s)
{
    if (atomic_load(&s->moved)) {
        fault_note_code(s, SQLITE_READONLY_DBMOVED, 0);
        return OST_E_STORE;
    }
    if (s->broken)
        return OST_E_STORE;
    sqlite3_busy_timeout(s->writer.db, atomic_load(&s->base.fault) == STORE_WORKS
                                           ? BUSY_TIMEOUT
                                           : BUSY_TIMEOUT_FAILING);
    s->shared = is_open(s);
    ost_result result = sql_run(s, s->shared ? WORK_BEGIN : BEGIN);
    if (result != OST_OK && is_open(s)) /* otherwise giving up tells it */
        fault_note_database(s, &s->writer);
    return result;
}

ost_result sqlite_write_begin(store *base, database **ret_database)
{
    sqlite_store *s = (sqlite_store *)base;
    atomic_fetch_add(&s->waiting, 1);
    pthread_mutex_lock(&s->turn);
    atomic_fetch_sub(&s->waiting, 1);
    if (s->broken)
        give_up(s, SQLITE_ERROR);
    ost_result result = sqlite_begin(s);
    if (result == OST_OK) {
        *ret_database = &s->writer.base;
        return OST_OK;
    }
    commit_or_pass_on(s); /* others may have counted on this one */
    pthread_mutex_unlock(&s->turn);
    return result;
}

/* The first work of a transaction needs no mark to go back to: nobody else's is in it yet. With a
 * mark SQLite keeps each page as it was, in memory, and walks through them at the end of each
 * statement, which a work of very many feels. *ret_taken_back: the transaction is over. */
static bool end_work(sqlite_store *s, ost_result result, bool *ret_taken_back)
{
    if (s->shared)
        return (result == OST_OK || sql_run(s, WORK_UNDO) == OST_OK) &&
               sql_run(s, WORK_KEEP) == OST_OK;
    if (result == OST_OK)
        return true;
    s->changes = sqlite3_total_changes(s->writer.db);
    *ret_taken_back = sql_run(s, ROLLBACK) == OST_OK;
    return *ret_taken_back;
}

ost_result sqlite_write_end(store *base, database *d, ost_result result, ost_error *error,
                            bool *ret_again)
{
    sqlite_store *s = (sqlite_store *)base;
    (void)d; /* there is one that writes */
    *ret_again = false;
    commit_member me = {.next = s->members, .error = error};
    bool taken_back = false;
    int code = sqlite3_extended_errcode(s->writer.db);
    if (result != OST_OK && is_open(s))
        fault_note_database(s, &s->writer);
    statements_reset(&s->writer);
    if (is_open(s) && !end_work(s, result, &taken_back))
        give_up(s, sqlite3_extended_errcode(s->writer.db)); /* half a work must not be committed */
    /* cppcheck-suppress autoVariables; it leaves the list before this returns */
    s->members = &me;
    s->member_count++;
    if (taken_back)
        tell_members(s, OST_OK, SQLITE_OK);
    else if (is_open(s))
        commit_or_pass_on(s);
    else
        give_up(s, code);
    pthread_mutex_unlock(&s->turn);
    pthread_mutex_lock(&s->told_lock);
    while (!me.done)
        pthread_cond_wait(&s->told, &s->told_lock);
    pthread_mutex_unlock(&s->told_lock);
    return me.outcome != OST_OK ? me.outcome : result;
}
