/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a traceparent: what is read is written again as it came, but for what a later
 * version has behind it and for flags that have no meaning yet. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/trace/trace_context.h"

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trace_context context, again;
    char written[TRACEPARENT_LEN + 1];
    ost_text field = {(const char *)data, size};
    if (!trace_context_read(field, &context))
        return 0;
    check(size >= TRACEPARENT_LEN, "it is long enough");
    trace_context_write(&context, written);
    check(memcmp(written + 2, data + 2, TRACEPARENT_LEN - 4) == 0, "the same ids");
    check(trace_context_read(text_of(written), &again), "what is written is read");
    check(memcmp(&again, &context, sizeof again) == 0, "and is the same");
    return 0;
}
