/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization details: what is read has its types, is within itself, and is the same when it is
 * written and read again; what is not says why. */
#include <stdlib.h>

#include "base/text.h"
#include "provider/detail/authorization_details.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    const char *why = NULL;
    const ost_json *list = details_parse(text_of_bytes(data, size), arena, &why);
    require((list == NULL) == (why != NULL));
    if (list != NULL) {
        ost_text text;
        ost_json_writer *w = ost_json_writer_new(arena, 0);
        require(size <= DETAILS_BYTES_MAX && ost_json_count(list) <= DETAILS_MAX);
        for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
            require(ost_json_text(ost_json_get(at, "type"), &text) && text.len > 0 &&
                    text_find(text, ' ', 0) == text.len);
        ost_json_put_value(w, list);
        require(ost_json_writer_finish(w, &text) == OST_OK);
        const ost_json *again = NULL;
        require(ost_json_read(text, NULL, arena, &again, NULL) == OST_OK);
        require(details_are_within(again, list) && details_are_within(list, again));
    }
    ost_arena_free(arena);
    return 0;
}
