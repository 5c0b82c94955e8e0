/* SPDX-License-Identifier: Apache-2.0 */
/* Which keys of a client's set are of use, and for what. */
#include "provider/proof/client_key_set.h"

#include <stdio.h>

#include "base/text.h"
#include "test.h"

#define POINT                                                                                      \
    "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","      \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static void it_tells_signatures_from_encryption(void **state)
{
    static const struct {
        const char *keys;
        size_t signing, encryption;
        ost_result result;
    } cases[] = {
        {"{" POINT ",\"use\":\"sig\"}", 1, 0, OST_OK},
        {"{" POINT ",\"use\":\"enc\"}", 0, 1, OST_OK},
        {"{" POINT "}", 1, 1, OST_OK},
        {"{" POINT ",\"alg\":\"ES256\"}", 1, 0, OST_OK},
        {"{" POINT ",\"alg\":\"ECDH-ES+A128KW\"}", 0, 1, OST_OK},
        {"{" POINT ",\"use\":\"enc\",\"kid\":\"a\"},{" POINT ",\"use\":\"enc\",\"kid\":\"b\"}", 0,
         2, OST_OK},
        {"{" POINT ",\"use\":\"enc\",\"kid\":\"a\"},{" POINT ",\"use\":\"enc\",\"kid\":\"a\"}", 0,
         1, OST_OK},
        {"{" POINT ",\"use\":\"sig\"},{\"kty\":\"XX\"}", 1, 0, OST_OK},
        {"", 0, 0, OST_E_KEY_UNKNOWN},
        {"{\"kty\":\"XX\"}", 0, 0, OST_E_KEY_UNKNOWN},
        {"{" POINT ",\"use\":\"enc\",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}", 0, 0,
         OST_E_KEY_USE},
        {"{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", 0, 0,
         OST_E_KEY_USE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2000];
        client_key_set *set = NULL;
        snprintf(text, sizeof text, "{\"keys\":[%s]}", cases[i].keys);
        if (client_key_set_read(text_of(text), &set) != cases[i].result)
            fail_msg("%s", text);
        const ost_keyset *signing = client_key_set_signing(set),
                         *encryption = client_key_set_encryption(set);
        if ((signing != NULL ? ost_keyset_count(signing) : 0) != cases[i].signing ||
            (encryption != NULL ? ost_keyset_count(encryption) : 0) != cases[i].encryption)
            fail_msg("%s", text);
        client_key_set_unref(client_key_set_ref(set));
        client_key_set_unref(set);
    }
}

static void what_is_no_set_has_no_keys(void **state)
{
    static const char *const texts[] = {
        "", "{}", "[]", "{\"keys\":{}}", "{\"keys\":1}", "{\"keys\":[1]}"};
    client_key_set *set = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_not_equal(client_key_set_read(text_of(texts[i]), &set), OST_OK);
    assert_null(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_tells_signatures_from_encryption),
        cmocka_unit_test(what_is_no_set_has_no_keys),
    };
    return cmocka_run_group_tests_name("provider-client_key_set", tests, NULL, NULL);
}
