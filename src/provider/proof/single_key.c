/* SPDX-License-Identifier: Apache-2.0 */
/* Keys without a name; see single_key.h. */
#include "provider/proof/single_key.h"

#include "base/base64url.h"
#include "base/text.h"

static ost_result import_block(ost_text block, ost_arena *arena, ost_key **ret_key)
{
    size_t len = 0, decoded = 0;
    if (text_starts(block, "-----"))
        return ost_key_import_pem(block, OST_ALG_UNSET, NULL, ret_key, NULL);
    char *text = ost_arena_alloc(arena, block.len + 1);
    unsigned char *der = ost_arena_alloc(arena, block.len + 1);
    if (text == NULL || der == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < block.len; i++) {
        if (block.data[i] != '\n' && block.data[i] != '\r' && block.data[i] != ' ')
            text[len++] = block.data[i];
    }
    ost_result result = base64_decode((ost_text){text, len}, der, &decoded);
    if (result != OST_OK)
        return result;
    return ost_key_import_der(text_of_bytes(der, decoded), OST_ALG_UNSET, NULL, ret_key, NULL);
}

ost_keyset *single_key_read(ost_text block, ost_arena *arena)
{
    ost_keyset *set = NULL;
    ost_key *key = NULL;
    if (block.len == 0 || import_block(block, arena, &key) != OST_OK)
        return NULL;
    if (!ost_key_is_private(key))
        (void)!ost_keyset_new(&key, 1, &set);
    ost_key_unref(key);
    return set;
}
