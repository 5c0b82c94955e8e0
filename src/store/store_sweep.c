/* SPDX-License-Identifier: Apache-2.0 */
/* Deleting what has expired, a few rows at a time, so that nobody waits long behind it. */
#include "base/array.h"
#include "store/search/user_count.h"
#include "store/search/user_signature.h"
#include "store/store.h"
#include "store/transaction.h"

#define PORTION "500" /* rows of one transaction */
#define PORTION_ROWS 500

/* Each with the time as its one parameter. Used codes stay ten minutes longer than they could have
 * been used, so that their replay is noticed. */
#define SESSIONS(least)                                                                            \
    "DELETE FROM session WHERE " least "(ends, idle_ends) <= ?1 AND id IN (SELECT id FROM "        \
    "session WHERE " least "(ends, idle_ends) <= ?1 LIMIT " PORTION ")"
static const char *const sweeps[] = {
    SESSIONS("min"),
    "DELETE FROM code WHERE id IN (SELECT id FROM code WHERE expires <= ? - 600 LIMIT " PORTION ")",
    "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE expires > 0 AND expires <= ? "
    "LIMIT " PORTION ")",
    "DELETE FROM pushed WHERE id IN (SELECT id FROM pushed WHERE expires <= ? LIMIT " PORTION ")",
    /* For as long again a device is told that its code has expired. */
    "DELETE FROM device WHERE id IN (SELECT id FROM device WHERE expires <= ? - 600 LIMIT " PORTION
    ")",
    /* Nodes' clocks differ; what one still takes, another must not have forgotten. */
    "DELETE FROM used WHERE id IN (SELECT id FROM used WHERE expires <= ? - 600 LIMIT " PORTION ")",
    /* Not one that has been counted to meanwhile. */
    "DELETE FROM failure WHERE expires <= ?1 AND id IN (SELECT id FROM failure WHERE expires <= ?1 "
    "LIMIT " PORTION ")",
    "DELETE FROM kept_token WHERE waits > 0 AND waits <= ?1 AND name IN (SELECT name FROM "
    "kept_token WHERE waits > 0 AND waits <= ?1 LIMIT " PORTION ")",
    "DELETE FROM key WHERE state = 2 AND ends > 0 AND ends <= ?",
    "DELETE FROM initial_access WHERE expiration > 0 AND created + expiration <= ?",
};

static ost_result sweep_portion(database *d, const char *sql, int64_t now, int *ret_changes)
{
    statement *st =
        prepare(d, sql == sweeps[0] ? text_for(d, SESSIONS("min"), SESSIONS("least")) : sql);
    bind_integer(st, 1, now);
    return run_statement(st, ret_changes);
}

ost_result store_sweep(store *s, int64_t now, size_t *ret_rows)
{
    size_t rows = 0;
    for (size_t i = 0; i < ARRAY_LEN(sweeps); i++) {
        int changes = PORTION_ROWS;
        while (changes >= PORTION_ROWS) {
            ost_result result = WRITE(s, d, sweep_portion(d, sweeps[i], now, &changes));
            if (result != OST_OK)
                return result;
            rows += (size_t)changes;
        }
    }
    *ret_rows = rows;
    ost_result result = user_count_settle_all(s);
    return result == OST_OK ? user_signature_settle_all(s) : result;
}
