/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing the store; see store.h and store_postgresql.h. */
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "store/sealing/sealing.h"
#include "store/sqlite/sqlite_store.h"
#include "store/store.h"
#include "store/store_postgresql.h"
#include "store/transaction.h"

bool store_is_url(const char *path)
{
    ost_text text = text_of(path);
    if (text_starts(text, "jdbc:"))
        text = text_slice(text, 5, text.len);
    return text_starts(text, "postgresql:") || text_starts(text, "postgres:");
}

ost_result store_finish_open(store *s, store **ret_store, ost_error *error)
{
    s->sealing = sealing_new();
    if (s->sealing == NULL) {
        store_close(s);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    *ret_store = s;
    return OST_OK;
}

ost_result store_open(const char *path, store **ret_store, ost_error *error)
{
    store *s;
    if (store_is_url(path))
        return store_open_server(&(store_server){.url = path}, ret_store, error);
    ost_result result = sqlite_store_open(path, &s, error);
    return result == OST_OK ? store_finish_open(s, ret_store, error) : result;
}

void store_close(store *s)
{
    if (s == NULL)
        return;
    sealing_free(s->sealing);
    s->driver->close(s);
}

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The database's clock is kept as its distance from a clock that nobody sets. What the answer's way
 * may explain is no difference. */
static void see_clock(store *s, int64_t asked, int64_t seen, int64_t answered)
{
    int64_t way = answered - asked, distance = seen - asked - way / 2;
    int64_t change = distance - atomic_load(&s->clock_distance);
    if (change > way || change < -way)
        atomic_store(&s->clock_distance, distance);
}

static int64_t now_ms(const store *s)
{
    int64_t distance = atomic_load(&s->clock_distance);
    return distance == 0 ? clock_ms(CLOCK_REALTIME) : clock_ms(CLOCK_BOOTTIME) + distance;
}

int64_t store_now(const store *s)
{
    return now_ms(s) / 1000;
}

int64_t store_clock_ahead(const store *s)
{
    return now_ms(s) - clock_ms(CLOCK_REALTIME);
}

#define GENERATION_AND_CLOCK                                                                       \
    "SELECT value, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) FROM generation"

int64_t store_generation(store *s)
{
    int64_t generation = -1, asked = clock_ms(CLOCK_BOOTTIME);
    database *d = read_begin(s);
    statement *st = prepare(d, text_for(d, "SELECT value FROM generation", GENERATION_AND_CLOCK));
    if (next_row(st) == OST_OK) {
        generation = column_integer(st, 0);
        if (!writes_alone(d))
            see_clock(s, asked, column_integer(st, 1), clock_ms(CLOCK_BOOTTIME));
    }
    read_end(s, d);
    return generation;
}

/* When it cannot be read, it is not new. */
bool store_has_realms(store *s)
{
    database *d = read_begin(s);
    ost_result result = next_row(prepare(d, "SELECT 1 FROM realm LIMIT 1"));
    read_end(s, d);
    return result != OST_E_NOT_FOUND;
}
