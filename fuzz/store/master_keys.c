/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of master keys: those that are read are whole, and a detail quotes none. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/sealing/master_key.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    master_key keys[MASTER_KEYS_MAX];
    size_t count = 99;
    ost_error error = {0};
    ost_result result =
        master_keys_read((ost_text){(const char *)data, size}, keys, &count, &error);
    if (result != OST_OK) {
        check(count == 99 && error.code == result && error.detail[0] != '\0');
        return 0;
    }
    check(count >= 1 && count <= MASTER_KEYS_MAX);
    for (size_t i = 0; i < count; i++) {
        check(strlen(keys[i].id) == MASTER_KEY_ID);
        check(text_is_made_of(text_of(keys[i].id), ""));
        for (size_t j = 0; j < i; j++)
            check((memcmp(keys[i].secret, keys[j].secret, MASTER_KEY_BYTES) == 0) ==
                  (strcmp(keys[i].id, keys[j].id) == 0));
    }
    return 0;
}
