/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing the store; see store.h. */
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "store/store.h"
#include "store/transaction.h"

ost_result store_open(const char *path, store **ret_store, ost_error *error)
{
    store *s = memory_alloc(sizeof *s);
    if (s == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    pthread_mutex_init(&s->turn, NULL);
    pthread_mutex_init(&s->told_lock, NULL);
    pthread_cond_init(&s->told, NULL);
    pthread_mutex_init(&s->reader_lock, NULL);
    pthread_cond_init(&s->reader_free, NULL);
    s->alone = strcmp(path, ":memory:") == 0;
    s->path = memory_copy(text_of(path));
    ost_result result = s->path != NULL ? database_open(path, true, &s->writer, error)
                                        : ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (result == OST_OK && !transaction_prepare(s))
        result = ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (result == OST_OK)
        fault_remember_file(s);
    if (result != OST_OK) {
        store_close(s);
        return result;
    }
    *ret_store = s;
    return OST_OK;
}

void store_close(store *s)
{
    if (s == NULL)
        return;
    for (unsigned i = 0; i < s->reader_count; i++) {
        database_close(s->readers[i]);
        memory_free(s->readers[i]);
    }
    database_close(&s->writer); /* the last one folds the log back */
    pthread_cond_destroy(&s->reader_free);
    pthread_mutex_destroy(&s->reader_lock);
    pthread_cond_destroy(&s->told);
    pthread_mutex_destroy(&s->told_lock);
    pthread_mutex_destroy(&s->turn);
    memory_free(s->path);
    memory_free(s);
}

int64_t store_generation(store *s)
{
    int64_t generation = -1;
    database *d = read_begin(s);
    sqlite3_stmt *st = statement(d, "SELECT value FROM generation");
    if (next_row(st) == OST_OK)
        generation = sqlite3_column_int64(st, 0);
    read_end(s, d);
    return generation;
}
