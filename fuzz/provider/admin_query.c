/* SPDX-License-Identifier: Apache-2.0 */
/* The query of a list of users: what is made of it keeps within its lists, its texts are lower case
 * where they are looked for, and asking twice gives the same. */
#include <stdlib.h>

#include "base/text.h"
#include "provider/directory/admin_user.h"
#include "store/search/user_query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

static void check(const store_user_query *q, const store_user_query *again)
{
    require(q->word_count <= 32 && q->attribute_count <= 32);
    require(q->word_count == again->word_count && q->attribute_count == again->attribute_count);
    for (size_t i = 0; i < q->word_count; i++) {
        require(text_equal(q->words[i].pattern, again->words[i].pattern));
        for (size_t k = 0; k < q->words[i].pattern.len; k++)
            require(q->words[i].pattern.data[k] < 'A' || q->words[i].pattern.data[k] > 'Z');
    }
    for (size_t i = 0; i < q->attribute_count; i++)
        require(text_equal(q->attributes[i].name, again->attributes[i].name) &&
                text_equal(q->attributes[i].value, again->attributes[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    store_user_query query, again;
    ost_arena *arena = ost_arena_new(16 << 20);
    admin_call admin = {.arena = arena};
    if (http_form_read(text_of_bytes(data, size), arena, &admin.query) == OST_OK) {
        require(admin_user_query(&admin, &query) == OST_OK);
        require(admin_user_query(&admin, &again) == OST_OK);
        check(&query, &again);
    }
    ost_arena_free(arena);
    return 0;
}
