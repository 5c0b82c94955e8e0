/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of stores; see store_backup.h. SQLite reads the source in one transaction, beside which
 * others write, and the file gets its name once all of it is on the disk. */
#include "store/store_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "store/sqlite/migration.h"
#include "store/sqlite/sqlite_store.h"

#define PART ".part" /* behind the name of a copy that is not whole yet */

static ost_result refuse_name(const char *path, int cause, ost_error *error)
{
    return ost_error_set(error, cause == EEXIST ? OST_E_CONFLICT : OST_E_SYSTEM, "%s: %s", path,
                         strerror(cause));
}

static ost_result refuse_store(const char *path, const sqlite_database *d, ost_error *error)
{
    ost_error inner = {0};
    ost_result result = sqlite_error(d, OST_E_STORE, &inner);
    return ost_error_set(error, result, "%s: %s", path, inner.detail);
}

static ost_result run_sql(sqlite_database *d, const char *path, const char *sql, ost_error *error)
{
    return sqlite3_exec(d->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OST_OK
                                                                   : refuse_store(path, d, error);
}

/* A database that is there and is a store, for reading; SQLite makes none. */
static ost_result open_source(const char *path, sqlite_database *ret_database, ost_error *error)
{
    ost_error inner = {0};
    struct stat status;
    if (stat(path, &status) != 0)
        return ost_error_set(error, OST_E_NOT_FOUND, "%s: %s", path, strerror(errno));
    ost_result result = database_open(path, false, ret_database, error);
    if (result != OST_OK)
        return result;
    result = migration_check(ret_database, &inner);
    if (result != OST_OK) {
        ost_error_set(error, result, "%s: %s", path, inner.detail);
        database_close(ret_database);
    }
    return result;
}

/* What a store that was moved has left: SQLite would take it for a part of the copy, and write it
 * over what is there. */
static ost_result refuse_remains(const char *to, ost_error *error)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    struct stat status;
    char path[PATH_MAX];
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        int len = snprintf(path, sizeof path, "%s%s", to, endings[i]);
        if (len < 0 || len >= PATH_MAX)
            return refuse_name(to, ENAMETOOLONG, error);
        if (lstat(path, &status) == 0)
            return refuse_name(path, EEXIST, error);
    }
    return OST_OK;
}

/* A new file beside it, for its owner only; two who copy at once get two. */
static ost_result make_part(const char *to, char ret_part[PATH_MAX], ost_error *error)
{
    ost_result result = refuse_remains(to, error);
    if (result != OST_OK)
        return result;
    int len = snprintf(ret_part, PATH_MAX, "%s.XXXXXX" PART, to);
    if (len < 0 || len >= PATH_MAX)
        return refuse_name(to, ENAMETOOLONG, error);
    int fd = mkostemps(ret_part, sizeof PART - 1, O_CLOEXEC);
    if (fd < 0)
        return refuse_name(to, errno, error);
    close(fd);
    return OST_OK;
}

static bool sync_path(const char *path, int flags)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    bool good = fd >= 0 && fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0)
        close(fd);
    errno = cause;
    return good;
}

/* Gives the file its name, which nobody else may have taken meanwhile. */
static ost_result name_part(const char *part, const char *to, ost_error *error)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(to, '/');
    snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - to + 1) : 1,
             slash != NULL ? to : ".");
    if (!sync_path(part, 0))
        return refuse_name(part, errno, error);
    if (link(part, to) != 0)
        return refuse_name(to, errno, error);
    (void)unlink(part);
    return sync_path(folder, O_DIRECTORY) ? OST_OK : refuse_name(folder, errno, error);
}

static ost_result copy_into(sqlite_database *d, const char *from, const char *part,
                            ost_error *error)
{
    ost_result result = run_sql(d, from, "PRAGMA query_only = OFF", error);
    if (result != OST_OK)
        return result;
    char *sql = sqlite3_mprintf("VACUUM INTO %Q", part);
    if (sql == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    result = run_sql(d, part, sql, error);
    sqlite3_free(sql);
    return result;
}

static ost_result count(sqlite_database *d, const char *sql, int64_t *ret_number, ost_error *error)
{
    if (next_number(prepare(&d->base, sql), ret_number) != OST_OK)
        return sqlite_error(d, OST_E_STORE, error);
    statements_reset(d);
    return OST_OK;
}

static ost_result read_contents(sqlite_database *d, store_contents *ret_contents, ost_error *error)
{
    store_contents contents = {0};
    ost_result result = count(d, "SELECT count(*) FROM realm", &contents.realms, error);
    if (result == OST_OK)
        result = count(d, "SELECT count(*) FROM user", &contents.users, error);
    if (result == OST_OK)
        result = count(d, "SELECT count(*) FROM session", &contents.sessions, error);
    if (result == OST_OK)
        *ret_contents = contents;
    return result;
}

/* Pages, indexes and references. Only its first complaint is told. */
static ost_result check_copy(sqlite_database *d, const char *path, ost_error *error)
{
    statement *st = prepare(&d->base, "PRAGMA integrity_check(1)");
    ost_result result = next_row(st);
    const char *said = result == OST_OK ? sqlite_text(st, 0).data : NULL;
    if (said == NULL)
        result = refuse_store(path, d, error);
    else if (strcmp(said, "ok") != 0)
        result = ost_error_set(error, OST_E_STORE, "%s: damaged: %s", path, said);
    statements_reset(d);
    if (result != OST_OK)
        return result;
    result = next_row(prepare(&d->base, "PRAGMA foreign_key_check"));
    statements_reset(d);
    if (result == OST_E_NOT_FOUND)
        return OST_OK;
    return result == OST_OK
               ? ost_error_set(error, OST_E_STORE, "%s: damaged: a row belongs to none", path)
               : refuse_store(path, d, error);
}

/* What hangs on sessions goes with them. */
static ost_result without_sessions(sqlite_database *d, const char *path, ost_error *error)
{
    ost_result result = run_sql(d, path, "PRAGMA query_only = OFF", error);
    if (result == OST_OK)
        result = run_sql(d, path,
                         "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
                         "DELETE FROM session",
                         error);
    return result;
}

/* The file at `part`, by itself: whether it is whole, and what it holds. */
static ost_result finish_part(const char *part, bool end_sessions, store_contents *ret_contents,
                              ost_error *error)
{
    sqlite_database d;
    ost_result result = open_source(part, &d, error);
    if (result != OST_OK)
        return result;
    result = check_copy(&d, part, error);
    if (result == OST_OK && end_sessions)
        result = without_sessions(&d, part, error);
    if (result == OST_OK)
        result = read_contents(&d, ret_contents, error);
    database_close(&d);
    return result;
}

static ost_result copy_store(sqlite_database *d, const char *from, const char *to,
                             bool end_sessions, store_contents *ret_contents, ost_error *error)
{
    char part[PATH_MAX];
    store_contents contents;
    ost_result result = make_part(to, part, error);
    if (result != OST_OK)
        return result;
    result = copy_into(d, from, part, error);
    if (result == OST_OK)
        result = finish_part(part, end_sessions, &contents, error);
    if (result == OST_OK)
        result = name_part(part, to, error);
    if (result == OST_OK)
        *ret_contents = contents;
    else
        (void)unlink(part);
    return result;
}

ost_result store_backup(const char *path, const char *to, store_contents *ret_contents,
                        ost_error *error)
{
    sqlite_database d;
    ost_result result = open_source(path, &d, error);
    if (result != OST_OK)
        return result;
    result = copy_store(&d, path, to, false, ret_contents, error);
    database_close(&d);
    return result;
}

ost_result store_restore(const char *from, const char *path, bool end_sessions,
                         store_contents *ret_contents, ost_error *error)
{
    sqlite_database d;
    ost_result result = open_source(from, &d, error);
    if (result != OST_OK)
        return result;
    result = check_copy(&d, from, error); /* its indexes would be made anew in silence */
    if (result == OST_OK)
        result = copy_store(&d, from, path, end_sessions, ret_contents, error);
    database_close(&d);
    return result;
}
