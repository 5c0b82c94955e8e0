/* SPDX-License-Identifier: Apache-2.0 */
/* Notices that the store fails, and that it works again; see store_health.h. */
#include "store/store_health.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/context.h"
#include "store/store.h"
#include "store/transaction.h"

#define QUIET_MS 1000 /* so long nothing may have failed */
#define PROOF_MS 5000 /* for so long a write proves that the next one works too */

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

static void note(store *s, store_fault fault)
{
    int64_t now = monotonic_ms();
    int works = STORE_WORKS;
    atomic_fetch_add(&s->failures[fault], 1);
    atomic_store(&s->failed_at, now);
    if (atomic_compare_exchange_strong(&s->fault, &works, (int)fault))
        atomic_store(&s->failing_since, now);
}

void fault_note(store *s, int code, int cause)
{
    store_fault fault = fault_of(code, cause);
    if (fault != STORE_WORKS)
        note(s, fault);
}

void fault_note_database(store *s, const database *d)
{
    fault_note(s, sqlite3_extended_errcode(d->db), system_error(d));
}

void store_health_read(const store *s, store_health *ret_health)
{
    ret_health->fault = (store_fault)atomic_load(&s->fault);
    ret_health->since_ms = atomic_load(&s->failing_since);
    for (unsigned i = 0; i < STORE_FAULTS; i++)
        ret_health->failures[i] = atomic_load(&s->failures[i]);
}

/* ---- looking ---- */

void fault_remember_file(store *s)
{
    struct stat status;
    if (s->alone || stat(s->path, &status) != 0)
        return;
    s->file = status.st_ino;
    s->device = status.st_dev;
}

/* SQLite goes on with a file that has no name any more, and all of it is lost at the end. */
static bool is_moved(const store *s)
{
    struct stat status;
    if (s->alone)
        return false;
    return stat(s->path, &status) != 0 ? errno == ENOENT
                                       : status.st_ino != s->file || status.st_dev != s->device;
}

/* Pages go to the disk and say what they said before; no reader ever sees what is between. */
static ost_result write_nothing(database *d)
{
    static const char turn[] = "UPDATE generation SET value = -value";
    ost_result result = run_change(statement(d, turn));
    return result == OST_OK ? run_change(statement(d, turn)) : result;
}

static bool can_read(store *s)
{
    return store_generation(s) >= 0;
}

static bool can_write(store *s)
{
    return WRITE(s, d, write_nothing(d)) == OST_OK;
}

void store_probe(store *s)
{
    int64_t now = monotonic_ms();
    bool moved = is_moved(s);
    atomic_store(&s->moved, moved);
    if (moved)
        note(s, STORE_MOVED);
    bool failing = atomic_load(&s->fault) != STORE_WORKS;
    if (moved || (!failing && now - atomic_load(&s->written_at) < PROOF_MS))
        return;
    bool works = can_read(s);
    works = can_write(s) && works;
    if (works && failing && monotonic_ms() - atomic_load(&s->failed_at) >= QUIET_MS)
        atomic_store(&s->fault, STORE_WORKS);
}
