/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a connection to the database file; see sqlite_store.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "store/sqlite/migration.h"
#include "store/sqlite/sqlite_store.h"

#define BUSY_PAUSE 5   /* milliseconds between two attempts */
#define SHOWN_PATH 120 /* bytes of a path in an error; the end of it tells most */

static const char *shown(const char *path)
{
    size_t len = strlen(path);
    return len > SHOWN_PATH ? path + len - SHOWN_PATH : path;
}

static ost_result refuse_file(const char *path, const char *why, ost_error *error)
{
    return ost_error_set(error, OST_E_STORE, "%s: %s", shown(path), why);
}

/* Only its owner may read a file with private keys and password hashes, no matter who copied it
 * here under whatever umask. */
static ost_result check_file(const char *path, bool make, ost_error *error)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (make ? O_CREAT : 0), 0600);
    if (fd < 0)
        return !make && errno == ENOENT ? OST_OK : refuse_file(path, strerror(errno), error);
    ost_result result = OST_OK;
    if (fstat(fd, &status) != 0)
        result = refuse_file(path, strerror(errno), error);
    else if (!S_ISREG(status.st_mode))
        result = refuse_file(path, "not a file", error);
    else if ((status.st_mode & 077) != 0 && fchmod(fd, 0600) != 0)
        result = refuse_file(path, "others may read it, and that cannot be changed", error);
    close(fd);
    return result;
}

/* SQLite makes its other two files with the mode of the first. */
static ost_result check_files(const char *path, ost_error *error)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    char name[4096];
    ost_result result = OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(suffixes) && result == OST_OK; i++) {
        size_t len = strlen(path), suffix = strlen(suffixes[i]);
        if (len + suffix >= sizeof name)
            return refuse_file(path, "the path is too long", error);
        memcpy(name, path, len);
        memcpy(name + len, suffixes[i], suffix + 1);
        result = check_file(name, i == 0, error);
    }
    return result;
}

static ost_result refuse_code(const sqlite_database *d, int code, const char *path,
                              ost_error *error)
{
    ost_error inner = {0};
    ost_result result =
        sqlite_error(d, store_result(code) == OST_E_BUSY ? OST_E_BUSY : OST_E_STORE, &inner);
    return ost_error_set(error, result, "%s: %s", shown(path), inner.detail);
}

/* SQLite does not wait by itself while the log is being switched on by somebody else. */
static int run_patiently(sqlite_database *d, const char *sql)
{
    const struct timespec pause = {0, BUSY_PAUSE * 1000000L};
    int64_t until = monotonic_ms() + BUSY_TIMEOUT;
    int code = sqlite3_exec(d->db, sql, NULL, NULL, NULL);
    while ((code & 0xff) == SQLITE_BUSY && monotonic_ms() < until) {
        nanosleep(&pause, NULL);
        code = sqlite3_exec(d->db, sql, NULL, NULL, NULL);
    }
    return code;
}

static ost_result run_all(sqlite_database *d, const char *path, const char *const *statements,
                          ost_error *error)
{
    for (size_t i = 0; statements[i] != NULL; i++) {
        int code = run_patiently(d, statements[i]);
        if (code != SQLITE_OK)
            return refuse_code(d, code, path, error);
    }
    return OST_OK;
}

/* WAL: readers do not stop the writer. FULL: what was committed is on disk. */
static ost_result configure_writer(sqlite_database *d, const char *path, ost_error *error)
{
    static const char *const settings[] = {
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA secure_delete = FAST",
        SET_WRITER_CACHE,
        "PRAGMA journal_size_limit = 16777216",
        "PRAGMA temp_store = MEMORY",
        NULL,
    };
    ost_error inner = {0};
    ost_result result = migration_check(d, &inner); /* before anything is changed */
    if (result == OST_OK) {
        result = run_all(d, path, settings, error);
        if (result != OST_OK)
            return result;
        if (sqlite3_db_readonly(d->db, "main") == 1)
            return refuse_file(path, "it cannot be written", error);
        result = migrate(d, &inner);
    }
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "%s: %s", shown(path), inner.detail);
}

static ost_result configure(sqlite_database *d, const char *path, bool writer, ost_error *error)
{
    static const char *const for_all[] = {"PRAGMA trusted_schema = OFF", NULL};
    static const char *const for_readers[] = {"PRAGMA query_only = ON", "PRAGMA cache_size = -1024",
                                              NULL};
    sqlite3_busy_timeout(d->db, BUSY_TIMEOUT);
    sqlite3_extended_result_codes(d->db, 1);
    ost_result result = run_all(d, path, for_all, error);
    if (result != OST_OK)
        return result;
    return writer ? configure_writer(d, path, error) : run_all(d, path, for_readers, error);
}

ost_result database_open(const char *path, bool writer, sqlite_database *ret_database,
                         ost_error *error)
{
    sqlite_database d = {.base.driver = &sqlite_driver};
    ost_result result = OST_OK;
    if (writer && strcmp(path, ":memory:") != 0)
        result = check_files(path, error);
    if (result != OST_OK)
        return result;
    if (sqlite3_open_v2(path, &d.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        result = refuse_file(path, d.db != NULL ? sqlite3_errmsg(d.db) : "out of memory", error);
    if (result == OST_OK && user_fits_register(d.db) != SQLITE_OK)
        result = refuse_file(path, sqlite3_errmsg(d.db), error);
    if (result == OST_OK)
        result = configure(&d, path, writer, error);
    if (result != OST_OK) {
        sqlite3_close(d.db);
        return result;
    }
    *ret_database = d;
    return OST_OK;
}

void database_close(sqlite_database *d)
{
    if (d == NULL || d->db == NULL)
        return;
    statements_free(d);
    sqlite3_close(d->db);
    d->db = NULL;
}
