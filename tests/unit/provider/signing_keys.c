/* SPDX-License-Identifier: Apache-2.0 */
/* What the signing process answers, and what ends it. */
#include "provider/signing/signing_keys.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define INPUT OST_TEXT("eyJhbGciOiJFUzI1NiJ9.e30")

static signing_keys *keys;
static unsigned char in[SIGNING_PACKET_MAX + 1], out[SIGNING_PACKET_MAX];

static int set_up(void **state)
{
    (void)state;
    keys = signing_keys_new();
    return keys != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    signing_keys_free(keys);
    return 0;
}

/* False: the process would end. */
static bool ask(signing_request request, signing_reply *ret_reply)
{
    size_t len = 0, out_len;
    assert_int_equal(signing_request_add(&request, in, &len), OST_OK);
    if (!signing_keys_answer(keys, in, len, out, &out_len))
        return false;
    ost_text rest = {(const char *)out, out_len};
    assert_int_equal(signing_reply_next(&rest, ret_reply), OST_OK);
    assert_int_equal(rest.len, 0);
    return true;
}

static ost_result result_of(signing_request request)
{
    signing_reply reply;
    assert_true(ask(request, &reply));
    return reply.result;
}

static ost_text private_jwk(ost_alg alg, ost_arena *arena)
{
    ost_key *key;
    ost_text jwk;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    assert_int_equal(ost_key_generate(alg, 0, NULL, &key, NULL), OST_OK);
    assert_int_equal(ost_key_export_private(key, w), OST_OK);
    assert_int_equal(ost_json_writer_finish(w, &jwk), OST_OK);
    ost_key_unref(key);
    return jwk;
}

static uint32_t add(ost_alg alg, ost_text jwk)
{
    signing_reply reply;
    assert_true(ask((signing_request){SIGNING_ADD, alg, 0, jwk}, &reply));
    assert_int_equal(reply.result, OST_OK);
    assert_int_equal(reply.content.len, 0);
    return reply.key;
}

static void a_key_signs_until_it_is_dropped(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    signing_reply reply;
    (void)state;
    uint32_t first = add(OST_ES256, private_jwk(OST_ES256, arena));
    uint32_t second = add(OST_ES256, private_jwk(OST_ES256, arena));
    assert_true(first != 0 && second != 0 && first != second);
    const signing_request sign = {SIGNING_SIGN, OST_ES256, first, INPUT};
    assert_true(ask(sign, &reply));
    assert_int_equal(reply.result, OST_OK);
    assert_int_equal(reply.content.len, 64);

    assert_int_equal(result_of((signing_request){SIGNING_SIGN, OST_ES384, first, INPUT}),
                     OST_E_KEY_USE);
    assert_int_equal(result_of((signing_request){.operation = SIGNING_DROP, .key = first}), OST_OK);
    assert_int_equal(result_of(sign), OST_E_KEY_UNKNOWN);
    assert_int_equal(result_of((signing_request){.operation = SIGNING_DROP, .key = first}), OST_OK);
    assert_int_equal(result_of((signing_request){SIGNING_SIGN, OST_ES256, second, INPUT}), OST_OK);
    assert_int_equal(result_of((signing_request){SIGNING_SIGN, OST_ES256, UINT32_MAX, INPUT}),
                     OST_E_KEY_UNKNOWN);
    ost_arena_free(arena);
}

static void what_is_no_private_key_of_the_algorithm(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    (void)state;
    const ost_text jwks[] = {OST_TEXT("{}"), OST_TEXT("x"),
                             OST_TEXT("{\"kty\":\"EC\",\"crv\":\"P-256\","
                                      "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                                      "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"),
                             private_jwk(OST_ES384, arena)};
    for (size_t i = 0; i < ARRAY_LEN(jwks); i++)
        assert_int_not_equal(result_of((signing_request){SIGNING_ADD, OST_ES256, 0, jwks[i]}),
                             OST_OK);
    ost_arena_free(arena);
}

/* Whoever sends these is not the provider: nothing but tokens is signed, and by pairs of keys. */
static void requests_that_end_the_process(void **state)
{
    static const signing_request requests[] = {
        {SIGNING_SIGN, OST_ES256, 1, OST_TEXT_INIT("")},
        {SIGNING_SIGN, OST_ES256, 1, OST_TEXT_INIT("no token")},
        {SIGNING_SIGN, OST_ES256, 1, OST_TEXT_INIT("a.b.c")},
        {SIGNING_SIGN, OST_ES256, 1, OST_TEXT_INIT(".b")},
        {SIGNING_SIGN, OST_ES256, 1, OST_TEXT_INIT("a.")},
        {SIGNING_SIGN, OST_HS256, 1, OST_TEXT_INIT("a.b")},
        {SIGNING_SIGN, OST_RSA_OAEP, 1, OST_TEXT_INIT("a.b")},
        {SIGNING_SIGN, OST_ALG_UNSET, 1, OST_TEXT_INIT("a.b")},
        {SIGNING_ADD, OST_HS512, 0, OST_TEXT_INIT("{}")},
        {SIGNING_ADD, OST_ES256, 1, OST_TEXT_INIT("{}")},
        {SIGNING_ADD, OST_ES256, 0, OST_TEXT_INIT("")},
        {SIGNING_DROP, OST_ES256, 1, OST_TEXT_INIT("")},
        {SIGNING_DROP, OST_ALG_UNSET, 1, OST_TEXT_INIT("x")},
        {(signing_operation)0, OST_ES256, 1, OST_TEXT_INIT("a.b")},
        {(signing_operation)4, OST_ES256, 1, OST_TEXT_INIT("a.b")},
    };
    signing_reply reply;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(requests); i++)
        if (ask(requests[i], &reply))
            fail_msg("request %zu is answered", i);
}

static void packets_that_are_none(void **state)
{
    size_t len = 0, out_len;
    (void)state;
    const signing_request sign = {SIGNING_SIGN, OST_ES256, 1, INPUT};
    assert_int_equal(signing_request_add(&sign, in, &len), OST_OK);
    for (size_t shorter = 0; shorter < len; shorter++)
        assert_false(signing_keys_answer(keys, in, shorter, out, &out_len));
    assert_false(signing_keys_answer(keys, in, len + 1, out, &out_len));
    assert_false(signing_keys_answer(keys, in, SIGNING_PACKET_MAX + 1, out, &out_len));
    assert_true(signing_keys_answer(keys, in, len, out, &out_len));
}

static void what_is_too_long_is_not_sent(void **state)
{
    static char content[SIGNING_PACKET_MAX];
    size_t len = 0;
    (void)state;
    memset(content, 'a', sizeof content);
    const signing_request sign = {SIGNING_SIGN, OST_ES256, 1, {content, sizeof content}};
    assert_int_equal(signing_request_add(&sign, in, &len), OST_E_CEILING);
    assert_int_equal(len, 0);
}

/* Each has its own answer, in order; of one too many, or half a one, nothing is answered. */
static void several_in_a_packet(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    size_t len = 0, out_len;
    signing_reply reply;
    (void)state;
    uint32_t key = add(OST_ES256, private_jwk(OST_ES256, arena));
    const signing_request good = {SIGNING_SIGN, OST_ES256, key, INPUT},
                          unknown = {SIGNING_SIGN, OST_ES256, key + 1000, INPUT};
    for (unsigned i = 0; i < SIGNING_TOGETHER; i++)
        assert_int_equal(signing_request_add(i % 2 == 0 ? &good : &unknown, in, &len), OST_OK);
    assert_true(signing_keys_answer(keys, in, len, out, &out_len));
    ost_text rest = {(const char *)out, out_len};
    for (unsigned i = 0; i < SIGNING_TOGETHER; i++) {
        assert_int_equal(signing_reply_next(&rest, &reply), OST_OK);
        assert_int_equal(reply.result, i % 2 == 0 ? OST_OK : OST_E_KEY_UNKNOWN);
        assert_int_equal(reply.content.len, i % 2 == 0 ? 64 : 0);
    }
    assert_int_equal(rest.len, 0);
    assert_false(signing_keys_answer(keys, in, len - 1, out, &out_len));
    assert_int_equal(signing_request_add(&good, in, &len), OST_OK);
    assert_false(signing_keys_answer(keys, in, len, out, &out_len));
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_signs_until_it_is_dropped),
        cmocka_unit_test(what_is_no_private_key_of_the_algorithm),
        cmocka_unit_test(requests_that_end_the_process),
        cmocka_unit_test(packets_that_are_none),
        cmocka_unit_test(what_is_too_long_is_not_sent),
        cmocka_unit_test(several_in_a_packet),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
