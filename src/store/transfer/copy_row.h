/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as PostgreSQL's COPY has them in text, and a digest of many of them. */
#ifndef COPY_ROW_H
#define COPY_ROW_H

#include "base/buffer.h"

#define COPY_COLUMNS 32

/* Of rows in any order: the same rows have the same one. It finds what was lost or changed by
 * mistake; nobody may rely on it against who chooses the rows. Zeroes: no row. */
typedef struct row_digest {
    uint64_t sum[4];
    int64_t count;
} row_digest;

void row_digest_add(row_digest *digest, const ost_text *values, size_t count);
bool row_digest_equal(const row_digest *one, const row_digest *other);

/* Appends a value as the store keeps it in PostgreSQL, or the end of a row. */
void copy_row_put(buffer *out, ost_text value, bool last);

/* Reads a row that COPY has written, in place: values lie in the line. OST_E_FORMAT: there are
 * others than `count`, or one is NULL. */
OST_MUST_CHECK ost_result copy_row_read(char *line, size_t len, size_t count,
                                        ost_text ret_values[COPY_COLUMNS]);

#endif
