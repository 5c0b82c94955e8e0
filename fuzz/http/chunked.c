/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a chunked body, whole and in small pieces: both readings must agree. */
#include "http/http1/chunked.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define MAX 300

typedef struct outcome {
    chunked_state state;
    size_t used;
    int status;
} outcome;

static outcome read_by(ost_text bytes, size_t step, buffer *body)
{
    outcome o = {.state = CHUNKED_MORE};
    chunked_reader reader;
    chunked_init(&reader, MAX);
    while (o.used < bytes.len && o.state == CHUNKED_MORE) {
        size_t used = 0;
        o.state = chunked_read(&reader, text_slice(bytes, o.used, step), body, &used);
        o.used += used;
    }
    o.status = reader.status;
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text bytes = {(const char *)data, size};
    buffer_auto buffer one;
    buffer_auto buffer other;
    buffer_init(&one, MAX);
    buffer_init(&other, MAX);
    outcome a = read_by(bytes, size, &one), b = read_by(bytes, 3, &other);
    bool same = a.state == b.state && a.status == b.status && one.len == other.len &&
                (one.len == 0 || memcmp(one.data, other.data, one.len) == 0);
    if (!same || one.failed != OST_OK || other.failed != OST_OK || a.used > size)
        abort();
    if (a.state == CHUNKED_DONE && a.used != b.used)
        abort();
    return 0;
}
