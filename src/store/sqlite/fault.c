/* SPDX-License-Identifier: Apache-2.0 */
/* What a failure of SQLite says of the store, and looking whether it works. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/array.h"
#include "store/sqlite/sqlite_store.h"
#include "store/store.h"
#include "store/transaction.h"

static const struct {
    int code; /* SQLite's, primary */
    store_fault fault;
} meanings[] = {
    {SQLITE_FULL, STORE_FULL},
    {SQLITE_IOERR, STORE_IO_ERROR},
    {SQLITE_READONLY, STORE_READ_ONLY},
    {SQLITE_BUSY, STORE_LOCKED},
    {SQLITE_LOCKED, STORE_LOCKED},
    {SQLITE_PROTOCOL, STORE_LOCKED},
    {SQLITE_CANTOPEN, STORE_CANNOT_OPEN},
    {SQLITE_CORRUPT, STORE_DAMAGED},
    {SQLITE_NOTADB, STORE_DAMAGED},
    {SQLITE_SCHEMA, STORE_DAMAGED},
};

/* What SQLite's extended code, and the system's, say of the store itself. A violated constraint and
 * a lack of memory say nothing of it. */
static store_fault fault_of(int code, int cause)
{
    store_fault fault = STORE_WORKS;
    for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
        if ((code & 0xff) == meanings[i].code)
            fault = meanings[i].fault;
    }
    if (code == SQLITE_IOERR_NOMEM || fault == STORE_WORKS)
        return STORE_WORKS;
    if (code == SQLITE_READONLY_DBMOVED)
        return STORE_MOVED;
    if (cause == ENOSPC || cause == EDQUOT)
        return STORE_FULL;
    return cause == EIO || cause == ENXIO ? STORE_IO_ERROR : fault;
}

void fault_note_code(sqlite_store *s, int code, int cause)
{
    store_fault fault = fault_of(code, cause);
    if (fault != STORE_WORKS)
        fault_note(&s->base, fault);
}

void fault_note_database(sqlite_store *s, const sqlite_database *d)
{
    fault_note_code(s, sqlite3_extended_errcode(d->db), system_error(d));
}

/* ---- looking ---- */

void fault_remember_file(sqlite_store *s)
{
    struct stat status;
    if (s->alone || stat(s->path, &status) != 0)
        return;
    s->file = status.st_ino;
    s->device = status.st_dev;
}

/* SQLite goes on with a file that has no name any more, and all of it is lost at the end. */
static bool is_moved(const sqlite_store *s)
{
    char log[4096 + sizeof "-wal"];
    struct stat status;
    if (s->alone)
        return false;
    /* What has been confirmed since the last checkpoint stands in the log alone. */
    snprintf(log, sizeof log, "%s-wal", s->path);
    if (stat(log, &status) != 0 && errno == ENOENT)
        return true;
    return stat(s->path, &status) != 0 ? errno == ENOENT
                                       : status.st_ino != s->file || status.st_dev != s->device;
}

/* Pages go to the disk and say what they said before; no reader ever sees what is between. */
static ost_result write_nothing(database *d)
{
    static const char turn[] = "UPDATE generation SET value = -value";
    ost_result result = run_change(prepare(d, turn));
    return result == OST_OK ? run_change(prepare(d, turn)) : result;
}

/* The pages that the last changes read are of no use when no other follows. */
static void release_writer(sqlite_store *s)
{
    if (pthread_mutex_trylock(&s->turn) != 0)
        return;
    int changes = sqlite3_total_changes(s->writer.db);
    if (changes == s->changes_seen)
        sqlite3_db_release_memory(s->writer.db);
    s->changes_seen = changes;
    pthread_mutex_unlock(&s->turn);
}

void sqlite_probe(store *base)
{
    sqlite_store *s = (sqlite_store *)base;
    release_writer(s);
    bool moved = is_moved(s);
    atomic_store(&s->moved, moved);
    if (moved)
        fault_note(base, STORE_MOVED);
    if (moved || !fault_wants_proof(base))
        return;
    bool works = store_generation(base) >= 0;
    works = WRITE(base, d, write_nothing(d)) == OST_OK && works;
    fault_proved(base, works);
}
