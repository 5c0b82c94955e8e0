/* SPDX-License-Identifier: Apache-2.0 */
/* Project Wycheproof's 401 cases for JWS: 393 verdicts are ours too, the other eight are listed
 * with the reason why not. */

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"
#include "vectors.h"

#define CASES 401

static const struct {
    int64_t number;
    bool accepted; /* by us */
    const char *reason;
} deviations[] = {
    {346, false, "the JWK is bound to PS256, the token says PS384"},
    {347, false, "the JWK is bound to \"ES521\", which is not a registered algorithm"},
    {350, false, "the JWK is bound to PS256, the token says PS384"},
    {351, false, "the JWK is bound to \"ES521\", which is not a registered algorithm"},
    {367, true, "marked invalid, but byte for byte the same as 357, which is marked valid"},
    {370, true, "marked invalid, but byte for byte the same as 357, which is marked valid"},
    {372, false, "the MAC does not match the bytes as transmitted"},
    {373, false, "the MAC does not match the bytes as transmitted"},
};

static bool accepts(const ost_json *jwk, ost_text token)
{
    const ost_algs all =
        OST_ALGS_DEFAULT | OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS384) | OST_ALG_BIT(OST_HS512);
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_key *key = NULL;
    ost_unverified_jws jws;
    ost_text payload;
    bool accepted = ost_key_import_json(jwk, &key, NULL) == OST_OK &&
                    ost_jws_read_unverified(token, all, arena, &jws, NULL) == OST_OK &&
                    ost_jws_verify(&jws, key, arena, &payload) == OST_OK;
    ost_key_unref(key);
    ost_arena_free(arena);
    return accepted;
}

static bool expected_of(int64_t number, const ost_json *test)
{
    for (size_t i = 0; i < ARRAY_LEN(deviations); i++) {
        if (deviations[i].number == number)
            return deviations[i].accepted;
    }
    return text_is(vectors_text(test, "result"), "valid");
}

static void every_case(void **state)
{
    size_t cases = 0, failures = 0, agreed = 0;
    ost_arena *arena = ost_arena_new((size_t)16 << 20);
    const ost_json *document =
        vectors_read(arena, "wycheproof/testvectors_v1/json_web_signature_test.json");
    if (document == NULL) {
        ost_arena_free(arena);
        skip();
    }
    const ost_json *group = ost_json_first(ost_json_get(document, "testGroups"));
    for (; group != NULL; group = ost_json_next(group)) {
        const ost_json *jwk = ost_json_get(group, "public");
        if (jwk == NULL)
            jwk = ost_json_get(group, "private");
        const ost_json *test = ost_json_first(ost_json_get(group, "tests"));
        for (; test != NULL; test = ost_json_next(test), cases++) {
            int64_t number = 0;
            assert_true(ost_json_integer(ost_json_get(test, "tcId"), &number));
            bool accepted = accepts(jwk, vectors_text(test, "jws"));
            agreed += accepted == text_is(vectors_text(test, "result"), "valid");
            if (accepted != expected_of(number, test)) {
                ost_text comment = vectors_text(test, "comment");
                print_error("case %d (%.*s): %s\n", (int)number, (int)comment.len, comment.data,
                            accepted ? "accepted" : "refused");
                failures++;
            }
        }
    }
    assert_int_equal(failures, 0);
    assert_int_equal(cases, CASES);
    assert_int_equal(agreed, CASES - ARRAY_LEN(deviations));
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case),
    };
    return cmocka_run_group_tests_name("jose-wycheproof", tests, NULL, NULL);
}
