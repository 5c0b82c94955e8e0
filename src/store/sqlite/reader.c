/* SPDX-License-Identifier: Apache-2.0 */
/* Connections to read with, beside the one that writes; see sqlite_store.h. */
#include "base/context.h"
#include "store/sqlite/sqlite_store.h"

/* With the lock held: one more connection, if one more is allowed and can be opened. */
static bool add_reader(sqlite_store *s)
{
    if (s->reader_count == READERS)
        return false;
    sqlite_database *made = memory_alloc(sizeof *made);
    if (made == NULL || database_open(s->path, false, made, NULL) != OST_OK) {
        memory_free(made);
        return false;
    }
    s->readers[s->reader_count] = made;
    s->idle[s->idle_count++] = s->reader_count++;
    return true;
}

static unsigned index_of(const sqlite_store *s, const sqlite_database *d)
{
    unsigned index = 0;
    while (index < s->reader_count && s->readers[index] != d)
        index++;
    return index;
}

/* What the thread holds: a lock of the file, and a look at its log, for each statement would cost
 * more than the statement. */
static _Thread_local struct {
    const sqlite_store *store;
    sqlite_database *database;
} held;

database *sqlite_read_begin(store *base)
{
    sqlite_store *s = (sqlite_store *)base;
    sqlite_database *d = NULL;
    if (held.store == s)
        return &held.database->base;
    if (s->alone) {
        pthread_mutex_lock(&s->turn);
        return &s->writer.base;
    }
    pthread_mutex_lock(&s->reader_lock);
    while (s->idle_count == 0 && !add_reader(s) && s->reader_count > 0)
        pthread_cond_wait(&s->reader_free, &s->reader_lock);
    if (s->idle_count > 0)
        d = s->readers[s->idle[--s->idle_count]];
    pthread_mutex_unlock(&s->reader_lock);
    if (d == NULL)
        fault_note_code(s, SQLITE_CANTOPEN, 0);
    return d != NULL ? &d->base : NULL;
}

void sqlite_read_end(store *base, database *used)
{
    sqlite_store *s = (sqlite_store *)base;
    sqlite_database *d = (sqlite_database *)used;
    fault_note_database(s, d);
    if (held.database == d)
        return;
    statements_reset(d);
    if (s->alone) {
        pthread_mutex_unlock(&s->turn);
        return;
    }
    pthread_mutex_lock(&s->reader_lock);
    s->idle[s->idle_count++] = index_of(s, d);
    pthread_cond_signal(&s->reader_free);
    pthread_mutex_unlock(&s->reader_lock);
}

void sqlite_read_hold(store *base)
{
    sqlite_store *s = (sqlite_store *)base;
    sqlite_database *d =
        s->alone || held.store != NULL ? NULL : (sqlite_database *)sqlite_read_begin(base);
    if (d == NULL)
        return;
    if (sqlite3_exec(d->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
        sqlite_read_end(base, &d->base);
        return;
    }
    held.store = s;
    held.database = d;
}

void sqlite_read_release(store *base)
{
    sqlite_database *d = held.database;
    if (held.store != (sqlite_store *)base)
        return;
    held.store = NULL;
    held.database = NULL;
    statements_reset(d);
    (void)sqlite3_exec(d->db, "COMMIT", NULL, NULL, NULL);
    sqlite_read_end(base, &d->base);
}
