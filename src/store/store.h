/* SPDX-License-Identifier: Apache-2.0 */
/* What must survive: realms with their keys, users, sessions, what is granted, events. One
 * interface to all of it, of which this header has the beginning and each wing its nouns; SQLite or
 * PostgreSQL behind it. For all of them: a function is one transaction, durable when it returns
 * OST_OK (also after kill -9). Thread-safe; calls may block on the disk: not for event loops.
 * Several processes may work with one store. Rows that are read live in the caller's arena. Times
 * are seconds since the epoch. Ids are UUIDs as text. */
#ifndef STORE_H
#define STORE_H

#include <ostiary/types.h>

typedef struct store store;

/* Opens `path` (created with mode 0600 when missing), and brings its schema up to
 * date by numbered migrations, one transaction each. OST_E_SCHEMA: written by a newer program,
 * nothing changed. OST_E_STORE: not writable, not a database, disk full (detail says which).
 * `path` ":memory:" is for tests and trials: it is gone when it is closed. */
OST_MUST_CHECK ost_result store_open(const char *path, store **ret_store, ost_error *error);
void store_close(store *store); /* NULL is fine */

/* Between these what the calling thread reads costs less, and may be what the store was when they
 * began: for many things that are read in a row. It writes nothing meanwhile. */
void store_hold(store *store);
void store_release(store *store);

/* A number that is another one after anybody, in this process or another, has changed a realm, a
 * key or the account of a client. Cheap: a program looks every second and reads again what it keeps
 * in memory. */
int64_t store_generation(store *store);

/* Seconds since 1970 by the clock that all who share the store have: the database's, as it was seen
 * when the generation was read last; this machine's where that is a file. Any thread. */
int64_t store_now(const store *store);
/* By how many milliseconds it is ahead of this machine's. */
int64_t store_clock_ahead(const store *store);

/* Deletes what has expired: sessions, codes, pushed requests, passive keys, events, initial access
 * tokens. Returns how many rows in *ret_rows. */
OST_MUST_CHECK ost_result store_sweep(store *store, int64_t now, size_t *ret_rows);

#endif
