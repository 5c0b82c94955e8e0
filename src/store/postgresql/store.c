/* SPDX-License-Identifier: Apache-2.0 */
/* The store in a database, opened, looked at and closed; see store_postgresql.h. */
#include "store/store_postgresql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "store/postgresql/pg_migration.h"
#include "store/store.h"
#include "store/transaction.h"

/* What connections are set to; `forced`: whatever the URL says. */
static const struct {
    const char *keyword, *value;
    bool forced;
} settings[] = {
    {"application_name", "ostiary", false}, {"client_encoding", "UTF8", true},
    {"connect_timeout", CONNECT_S, false},  {"target_session_attrs", "read-write", false},
    {"keepalives_idle", "10", false},       {"tcp_user_timeout", "10000", false}, /* milliseconds */
};

static const char *without_jdbc(const char *url)
{
    return strncmp(url, "jdbc:", 5) == 0 ? url + 5 : url;
}

static bool replaces(const store_server *server, const PQconninfoOption *option,
                     const char **ret_value)
{
    if (strcmp(option->keyword, "user") == 0 && server->user != NULL)
        *ret_value = server->user;
    else if (strcmp(option->keyword, "password") == 0 && server->password != NULL)
        *ret_value = server->password;
    else
        return false;
    return true;
}

static bool waits_for_good(const char *keyword, const char *value)
{
    return strcmp(keyword, "connect_timeout") == 0 && strtol(value, NULL, 10) <= 0;
}

static const char *value_of(const store_server *server, const PQconninfoOption *option)
{
    const char *value = option->val;
    if (replaces(server, option, &value))
        return value;
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        if (strcmp(option->keyword, settings[i].keyword) == 0 &&
            (settings[i].forced || value == NULL || waits_for_good(option->keyword, value)))
            return settings[i].value;
    }
    return value;
}

static ost_result keep_settings(pg_store *s, const store_server *server,
                                const PQconninfoOption *options)
{
    size_t count = 0, kept = 0;
    while (options[count].keyword != NULL)
        count++;
    s->keywords = memory_alloc((count + 1) * sizeof(char *));
    s->values = memory_alloc((count + 1) * sizeof(char *));
    if (s->keywords == NULL || s->values == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const char *value = value_of(server, &options[i]);
        if (value == NULL)
            continue;
        s->keywords[kept] = memory_copy(text_of(options[i].keyword));
        s->values[kept] = memory_copy(text_of(value));
        if (s->keywords[kept] == NULL || s->values[kept] == NULL)
            return OST_E_MEMORY;
        kept++;
    }
    return OST_OK;
}

/* libpq's words could quote the URL, with a password in it. */
static ost_result read_url(pg_store *s, const store_server *server, ost_error *error)
{
    PQconninfoOption *options = PQconninfoParse(without_jdbc(server->url), NULL);
    if (options == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "the database's URL cannot be understood: "
                             "postgresql://host:port/database?sslmode=verify-full is the form, "
                             "with the parameters of libpq");
    ost_result result = keep_settings(s, server, options);
    PQconninfoFree(options);
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "out of memory");
}

bool store_url_has_password(const char *url)
{
    bool found = false;
    PQconninfoOption *options = PQconninfoParse(without_jdbc(url), NULL);
    for (size_t i = 0; options != NULL && options[i].keyword != NULL; i++)
        found = found || (strcmp(options[i].keyword, "password") == 0 && options[i].val != NULL);
    PQconninfoFree(options);
    return found;
}

static void close_store(store *base)
{
    pg_store *s = (pg_store *)base;
    pg_listen_end(base);
    for (unsigned i = 0; i < s->count; i++)
        pg_connection_free(s->connections[i]);
    for (size_t i = 0; s->keywords != NULL && s->values != NULL && s->keywords[i] != NULL; i++) {
        if (s->values[i] != NULL)
            explicit_bzero(s->values[i], strlen(s->values[i]));
        memory_free(s->values[i]);
        memory_free(s->keywords[i]);
    }
    memory_free(s->keywords);
    memory_free(s->values);
    pthread_cond_destroy(&s->free);
    pthread_mutex_destroy(&s->lock);
    memory_free(s);
}

static ost_result beat(database *d)
{
    return run_change(prepare(d, "UPDATE heartbeat SET value = value + 1"));
}

static void probe(store *base)
{
    if (!fault_wants_proof(base))
        return;
    bool works = store_generation(base) >= 0;
    works = WRITE(base, d, beat(d)) == OST_OK && works;
    fault_proved(base, works);
}

/* What a row was lies in the table until it is vacuumed, and in the log and its archive longer. */
static bool erase(store *base, bool begin)
{
    (void)base;
    return begin;
}

static ost_result explain(const database *d, ost_result result, ost_error *error)
{
    return pg_connection_explain((const pg_connection *)d, result, error);
}

const store_driver postgresql_driver = {
    .postgresql = true,
    .close = close_store,
    .probe = probe,
    .listen = pg_listen,
    .listen_end = pg_listen_end,
    .read_begin = pg_read_begin,
    .read_end = pg_read_end,
    .write_begin = pg_write_begin,
    .write_end = pg_write_end,
    .erase = erase,
    .explain = explain,
    .prepare = pg_prepare,
    .reset = pg_reset,
    .bind_text = pg_bind_text,
    .bind_integer = pg_bind_integer,
    .bind_words = pg_bind_words,
    .stored = pg_stored,
    .run = pg_run,
    .run_later = pg_run_later,
    .run_change_first = pg_run_change_first,
    .next = pg_next,
    .integer = pg_integer,
    .text = pg_text,
};

/* *ret_version (NULL: it is migrated): of what is there, which stays as it is. */
static ost_result open_first(pg_store *s, int *ret_version, ost_error *error)
{
    pg_connection *c = pool_take(s);
    if (c == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = pg_connection_open(c);
    if (result != OST_OK)
        pg_connection_explain(c, result, error);
    else if (ret_version != NULL)
        result = pg_read_version(c, ret_version, error);
    else
        result = pg_migrate(c, error);
    pool_give(s, c);
    return result;
}

/* Who waits does so by a clock that nobody sets. */
static void make_condition(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static ost_result open_server(const store_server *server, int *ret_version, pg_store **ret_store,
                              ost_error *error)
{
    pg_store *s = memory_alloc(sizeof *s);
    if (s == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    s->base.driver = &postgresql_driver;
    pthread_mutex_init(&s->lock, NULL);
    make_condition(&s->free);
    s->limit = server->connections == 0                ? POOL_DEFAULT
               : server->connections <= STORE_POOL_MAX ? server->connections
                                                       : STORE_POOL_MAX;
    ost_result result = read_url(s, server, error);
    if (result == OST_OK)
        result = open_first(s, ret_version, error);
    if (result == OST_OK)
        *ret_store = s;
    else
        close_store(&s->base);
    return result;
}

ost_result store_open_server(const store_server *server, store **ret_store, ost_error *error)
{
    pg_store *s;
    ost_result result = open_server(server, NULL, &s, error);
    return result == OST_OK ? store_finish_open(&s->base, ret_store, error) : result;
}

ost_result store_server_schema(const store_server *server, int *ret_version, ost_error *error)
{
    pg_store *s;
    ost_result result = open_server(server, ret_version, &s, error);
    if (result == OST_OK)
        close_store(&s->base);
    return result;
}
