/* SPDX-License-Identifier: Apache-2.0 */

#include "jwe_keys.h"

#include "base/text.h"
#include "jose/jwe/jwe_alg.h"
#include "test.h"

ost_key *jwe_key(ost_alg alg, const char *curve)
{
    ost_key *key = NULL;
    ost_error error = {0};
    const way_facts *way = way_find(alg);
    ost_result result = OST_OK;
    if (way->way == WAY_PASSWORD)
        result = ost_key_import_secret(OST_TEXT("correct horse battery staple"), alg, "password",
                                       &key, &error);
    else if (way->way == WAY_AGREE)
        result = ost_key_generate_curve(alg, curve, NULL, &key, &error);
    else
        result = ost_key_generate(alg, 0, NULL, &key, &error);
    if (result != OST_OK)
        fail_msg("%s: %s", ost_alg_name(alg), error.detail);
    return key;
}

ost_key *jwe_direct_key(ost_enc enc)
{
    static const char bytes[CEK_MAX_SIZE] =
        "these bytes are a secret of sixty-four bytes, more or less";
    ost_key *key = NULL;
    ost_error error = {0};
    ost_text secret = {bytes, enc_find(enc)->cek_size};
    if (ost_key_import_secret(secret, OST_DIR, "direct", &key, &error) != OST_OK)
        fail_msg("%s", error.detail);
    return key;
}

ost_keyset *jwe_set(const ost_key *key)
{
    ost_keyset *keys = NULL;
    ost_key *one = ost_key_ref((ost_key *)(uintptr_t)key);
    assert_int_equal(ost_keyset_new(&one, 1, &keys), OST_OK);
    ost_key_unref(one);
    return keys;
}
