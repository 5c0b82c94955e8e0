/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as JSON: our reader and jansson must agree, and what was read must survive writing. */
#include <stdio.h>
#include <stdlib.h>

#include "json_peer.h"

static void check(const char *problem)
{
    if (problem == NULL)
        return;
    fprintf(stderr, "differs: %s\n", problem);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ost_arena *arena; /* kept, as a server's loop keeps it */
    ost_text document = {(const char *)data, size};
    if (size > 65536)
        return 0;
    if (arena == NULL && (arena = ost_arena_new((size_t)64 << 20)) == NULL)
        return 0;
    check(peer_disagreement(document, arena));
    check(peer_round_trip(document, arena));
    return 0;
}
