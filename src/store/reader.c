/* SPDX-License-Identifier: Apache-2.0 */
/* Connections to read with, beside the one that writes; see transaction.h. */
#include "base/context.h"
#include "store/transaction.h"

/* With the lock held: one more connection, if one more is allowed and can be opened. */
static bool add_reader(store *s)
{
    if (s->reader_count == READERS)
        return false;
    database *made = memory_alloc(sizeof *made);
    if (made == NULL || database_open(s->path, false, made, NULL) != OST_OK) {
        memory_free(made);
        return false;
    }
    s->readers[s->reader_count] = made;
    s->idle[s->idle_count++] = s->reader_count++;
    return true;
}

static unsigned index_of(const store *s, const database *d)
{
    unsigned index = 0;
    while (index < s->reader_count && s->readers[index] != d)
        index++;
    return index;
}

database *read_begin(store *s)
{
    database *d = NULL;
    if (s->alone) {
        pthread_mutex_lock(&s->turn);
        return &s->writer;
    }
    pthread_mutex_lock(&s->reader_lock);
    while (s->idle_count == 0 && !add_reader(s) && s->reader_count > 0)
        pthread_cond_wait(&s->reader_free, &s->reader_lock);
    if (s->idle_count > 0)
        d = s->readers[s->idle[--s->idle_count]];
    pthread_mutex_unlock(&s->reader_lock);
    if (d == NULL)
        fault_note(s, SQLITE_CANTOPEN, 0);
    return d;
}

void read_end(store *s, database *d)
{
    if (d == NULL)
        return;
    fault_note_database(s, d);
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
