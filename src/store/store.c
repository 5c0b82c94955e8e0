/* Opening and closing the store; see store.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "context.h"
#include "statement.h"
#include "text.h"

#define BUSY_TIMEOUT 5000 /* milliseconds: another process may be writing */

/* Makes the file for its owner only, before SQLite would make it for more. */
static ost_result make_file(const char *path, ost_error *ret_error)
{
    if (strcmp(path, ":memory:") == 0)
        return OST_OK;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return ost_error_set(ret_error, OST_E_STORE, "%s: %s", path, strerror(errno));
    close(fd);
    return OST_OK;
}

/* WAL: readers of other processes do not stop the writer. FULL: what was committed is on disk. */
static ost_result configure(store *s, const char *path, ost_error *ret_error)
{
    static const char *const settings[] = {
        "PRAGMA journal_mode = WAL",   "PRAGMA synchronous = FULL",   "PRAGMA foreign_keys = ON",
        "PRAGMA trusted_schema = OFF", "PRAGMA secure_delete = FAST",
    };
    sqlite3_busy_timeout(s->db, BUSY_TIMEOUT);
    sqlite3_extended_result_codes(s->db, 1);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (sqlite3_exec(s->db, settings[i], NULL, NULL, NULL) != SQLITE_OK)
            return ost_error_set(ret_error, OST_E_STORE, "%s: %s", path, sqlite3_errmsg(s->db));
    }
    return OST_OK;
}

static ost_result open_database(store *s, const char *path, ost_error *ret_error)
{
    ost_error inner = {0};
    if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return ost_error_set(ret_error, OST_E_STORE, "%s: %s", path,
                             s->db != NULL ? sqlite3_errmsg(s->db) : "out of memory");
    ost_result result = configure(s, path, ret_error);
    if (result != OST_OK)
        return result;
    if (sqlite3_db_readonly(s->db, "main") == 1)
        return ost_error_set(ret_error, OST_E_STORE, "%s cannot be written", path);
    result = migrate(s, &inner);
    return result == OST_OK ? OST_OK
                            : ost_error_set(ret_error, result, "%s: %s", path, inner.detail);
}

ost_result store_open(const char *path, store **ret_store, ost_error *ret_error)
{
    ost_result result = make_file(path, ret_error);
    if (result != OST_OK)
        return result;
    store *s = memory_alloc(sizeof *s);
    if (s == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    pthread_mutex_init(&s->lock, NULL);
    result = open_database(s, path, ret_error);
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
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(s->cache[i].statement);
    sqlite3_close(s->db);
    pthread_mutex_destroy(&s->lock);
    memory_free(s);
}

int64_t store_changes_elsewhere(store *s)
{
    int64_t version = 0;
    store_lock(s);
    sqlite3_stmt *st = statement(s, "PRAGMA data_version");
    if (next_row(st) == OST_OK)
        version = sqlite3_column_int64(st, 0);
    store_unlock(s);
    return version;
}
