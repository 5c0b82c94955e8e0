/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a row that COPY has written; and as a value, which comes back as it was. */
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "store/transfer/copy_row.h"

#define COLUMNS 2

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_row(const uint8_t *data, size_t size)
{
    ost_text values[COPY_COLUMNS];
    char *line = memory_alloc(size + 1);
    check(line != NULL);
    if (size > 0)
        memcpy(line, data, size);
    if (copy_row_read(line, size, COLUMNS, values) == OST_OK) {
        for (size_t i = 0; i < COLUMNS; i++)
            check(values[i].data >= line && values[i].data + values[i].len <= line + size);
    }
    memory_free(line);
}

static void there_and_back(ost_text value)
{
    ost_text values[COPY_COLUMNS];
    buffer_auto buffer out;
    buffer_init(&out, (size_t)64 << 20);
    copy_row_put(&out, value, false);
    copy_row_put(&out, value, true);
    check(out.failed == OST_OK && memchr(out.data, '\n', out.len) == out.data + out.len - 1);
    check(copy_row_read(out.data, out.len, COLUMNS, values) == OST_OK);
    check(text_equal(values[0], value) && text_equal(values[1], value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_row(data, size);
    there_and_back((ost_text){(const char *)data, size});
    return 0;
}
