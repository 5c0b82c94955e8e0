/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the query of a callback: refused, or made of what a callback may hold. */
#include "login/login_callback.h"

#include <stdlib.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_plain(ost_text value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] < 0x20 || value.data[i] > 0x7e)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new(1 << 18);
    login_callback callback;
    if (login_callback_read((ost_text){(const char *)data, size}, arena, &callback) == OST_OK) {
        if (callback.state.len == 0 || (callback.code.len == 0) == (callback.error.len == 0))
            abort();
        must_be_plain(callback.state);
        must_be_plain(callback.code);
        must_be_plain(callback.issuer);
        must_be_plain(callback.error);
    }
    ost_arena_free(arena);
    return 0;
}
