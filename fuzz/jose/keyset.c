/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a key set. What is accepted holds public keys only, each found by its kid unless
 * another key of the set has the same. */
#include <stdint.h>

#include "fixed_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_of(const ost_keyset *set, ost_text kid)
{
    size_t count = 0;
    for (size_t i = 0; i < ost_keyset_count(set); i++)
        count += text_equal(ost_key_kid(ost_keyset_at(set, i)), kid);
    return count;
}

static void check_found(const ost_keyset *set, const ost_key *key)
{
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        const ost_key *found = NULL;
        ost_result result = ost_keyset_find(set, ost_key_kid(key), alg, &found);
        check((found != NULL) == (result == OST_OK));
        if (found != NULL)
            check(ost_key_serves(found, alg));
        if (result == OST_E_KEY_AMBIGUOUS)
            check(count_of(set, ost_key_kid(key)) > 1 || ost_key_kid(key).len == 0);
        else if (count_of(set, ost_key_kid(key)) == 1 && ost_key_kid(key).len > 0)
            check(result == OST_OK ? found == key : result == OST_E_KEY_USE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_keyset *set = NULL;
    size_t skipped = SIZE_MAX;
    ost_error error = {0};
    ost_result result =
        ost_keyset_import((ost_text){(const char *)data, size}, 8, &set, &skipped, &error);
    check(error.code == result && text_is_utf8(text_of(error.detail)));
    check((set != NULL) == (result == OST_OK) && (skipped != SIZE_MAX) == (result == OST_OK));
    if (result != OST_OK)
        return 0;
    check(ost_keyset_count(set) >= 1 && ost_keyset_count(set) + skipped <= 8);
    for (size_t i = 0; i < ost_keyset_count(set); i++) {
        const ost_key *key = ost_keyset_at(set, i);
        check(!ost_key_is_private(key) && ost_key_type_of(key) != OST_KEY_OCT);
        check_found(set, key);
    }
    ost_keyset_unref(set);
    return 0;
}
