/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a key in PEM or DER. A key that is accepted comes back from its export as the same,
 * and one that is private signs what it verifies, where it signs at all. */
#include <stdint.h>

#include "fixed_keys.h"

#include "base/array.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const ost_key *a, const ost_key *b)
{
    char left[44], right[44];
    check(ost_key_thumbprint(a, left) == OST_OK && ost_key_thumbprint(b, right) == OST_OK);
    check(text_is(text_of(left), right) && ost_key_type_of(a) == ost_key_type_of(b));
    check(ost_key_is_private(a) == ost_key_is_private(b) && ost_key_bits(a) == ost_key_bits(b));
}

static void check_signs(const ost_key *key, ost_alg alg, ost_arena *arena)
{
    ost_text token = {0}, payload = {0};
    ost_unverified_jws jws;
    check(ost_jws_sign(OST_TEXT("{}"), key, alg, NULL, arena, &token) == OST_OK);
    check(ost_jws_read_unverified(token, OST_ALG_BIT(alg), arena, &jws, NULL) == OST_OK);
    check(ost_jws_verify(&jws, key, arena, &payload) == OST_OK);
}

static void check_key(const ost_key *key)
{
    static const ost_alg algs[] = {OST_PS256, OST_ES256, OST_ES384,
                                   OST_ES512, OST_EDDSA, OST_ES256K};
    ost_text text = {0};
    ost_key *again = NULL;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    bool private = ost_key_is_private(key);
    check(ost_key_type_of(key) != OST_KEY_OCT);
    for (ost_key_form form = OST_KEY_PEM; form <= OST_KEY_DER; form++) {
        check((private ? ost_key_export_pkcs8 : ost_key_export_spki)(key, form, arena, &text) ==
              OST_OK);
        check((form == OST_KEY_PEM ? ost_key_import_pem : ost_key_import_der)(
                  text, OST_ALG_UNSET, NULL, &again, NULL) == OST_OK);
        check_same(key, again);
        ost_key_unref(again);
    }
    for (size_t i = 0; private && i < ARRAY_LEN(algs); i++) {
        if (ost_key_serves(key, algs[i]))
            check_signs(key, algs[i], arena);
    }
    ost_arena_free(arena);
}

static void check_import(ost_text text, bool is_pem)
{
    ost_key *key = NULL;
    ost_error error = {0};
    ost_result result =
        (is_pem ? ost_key_import_pem : ost_key_import_der)(text, OST_ALG_UNSET, NULL, &key, &error);
    check(error.code == result && text_is_utf8(text_of(error.detail)));
    check((key != NULL) == (result == OST_OK) && result != OST_E_MEMORY);
    if (key != NULL)
        check_key(key);
    ost_key_unref(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text text = {(const char *)data, size};
    check_import(text, true);
    check_import(text, false);
    return 0;
}
