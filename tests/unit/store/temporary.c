/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary folders; see temporary.h. */
#include "temporary.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef WITH_POSTGRESQL
#include <libpq-fe.h>
#endif

static char folder[256];
static char path[512];

const char *temporary_path(const char *name)
{
    const char *parent = getenv("TMPDIR");
    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "%s/ostiary-store-XXXXXX",
                 parent != NULL ? parent : "/tmp");
        if (mkdtemp(folder) == NULL)
            abort();
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

#ifdef WITH_POSTGRESQL
static void ignore_notice(void *argument, const char *message)
{
    (void)argument;
    (void)message;
}

/* The schema as new, and a URL that leads to it. */
static const char *make_schema(const char *url)
{
    char sql[128];
    PGconn *link = PQconnectdb(url);
    PQsetNoticeProcessor(link, ignore_notice, NULL);
    snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS unit%d CASCADE; CREATE SCHEMA unit%d",
             (int)getpid(), (int)getpid());
    PGresult *done = PQexec(link, sql);
    if (PQresultStatus(done) != PGRES_COMMAND_OK)
        abort();
    PQclear(done);
    PQfinish(link);
    snprintf(path, sizeof path, "%s&options=-csearch_path%%3Dunit%d", url, (int)getpid());
    return path;
}
#endif

bool with_postgresql(void)
{
    return getenv("OSTIARY_TEST_POSTGRESQL") != NULL;
}

const char *temporary_store(void)
{
#ifdef WITH_POSTGRESQL
    if (with_postgresql())
        return make_schema(getenv("OSTIARY_TEST_POSTGRESQL"));
#endif
    return ":memory:";
}

void temporary_remove(void)
{
    DIR *open = folder[0] != '\0' ? opendir(folder) : NULL;
    for (struct dirent *at; open != NULL && (at = readdir(open)) != NULL;) {
        char file[600];
        snprintf(file, sizeof file, "%s/%s", folder, at->d_name);
        if (strcmp(at->d_name, ".") != 0 && strcmp(at->d_name, "..") != 0 && unlink(file) != 0)
            rmdir(file);
    }
    if (open != NULL) {
        closedir(open);
        rmdir(folder);
    }
    folder[0] = '\0';
}
