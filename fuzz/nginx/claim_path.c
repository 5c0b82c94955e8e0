/* SPDX-License-Identifier: Apache-2.0 */
/* A path, a line end, and any bytes as claims: the module finds what the guard's own rules about
 * claims find. */
#include "reader.h"

#include <stdlib.h>

#include "base/text.h"
#include "guard/claim_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The module takes no longer steps. */
static bool has_long_step(ost_text path)
{
    return path.len > 256;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text input = {(const char *)data, size};
    size_t end = text_find(input, '\n', 0);
    ost_text path = text_slice(input, 0, end), json = text_slice(input, end + 1, size);
    const ost_json *claims;
    ost_arena *arena = ost_arena_new(4 << 20);
    if (end == size || text_find(path, '\0', 0) < path.len || has_long_step(path) ||
        ost_json_read(json, NULL, arena, &claims, NULL) != OST_OK) {
        ost_arena_free(arena);
        return 0;
    }
    const char *copy = ost_arena_copy(arena, path);
    if (copy != NULL && ostiary_claim_find(claims, path) != claim_rule_find(claims, copy))
        abort();
    ost_arena_free(arena);
    return 0;
}
