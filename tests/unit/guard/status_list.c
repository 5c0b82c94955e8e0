/* SPDX-License-Identifier: Apache-2.0 */
/* One status list: reading what is signed, and looking into it. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "fixture.h"
#include "guard/status/status_list.h"
#include "status_token.h"

#define URI "https://id.example.org/lists/1"

static ost_arena *arena;
static ost_key *key, *foreign;
static ost_keyset *keys;

static int setup(void **state)
{
    arena = ost_arena_new((size_t)64 << 20);
    return ost_key_generate(OST_ES256, 0, "k", &key, NULL) == OST_OK &&
                   ost_key_generate(OST_ES256, 0, "k", &foreign, NULL) == OST_OK &&
                   ost_keyset_new(&key, 1, &keys) == OST_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    ost_key_unref(key);
    ost_key_unref(foreign);
    ost_keyset_unref(keys);
    ost_arena_free(arena);
    return 0;
}

static int reset(void **state)
{
    ost_arena_reset(arena);
    return 0;
}

static status_rules rules_of(void)
{
    return (status_rules){.issuer = FIXTURE_ISSUER,
                          .uri = URI,
                          .algorithms = OST_ALGS_DEFAULT,
                          .keys = keys,
                          .leeway = 30,
                          .lifetime = 300,
                          .max_list = 1 << 20};
}

static ost_result read_token(ost_text token, status_list *list)
{
    const status_rules rules = rules_of();
    ost_error error = {0};
    ost_text kid = {0};
    ost_result result = status_list_read(&rules, token, NOW, arena, list, &kid, &error);
    assert_int_equal(result, error.code);
    assert_true(result == OST_OK || result == OST_E_REMOTE || result == OST_E_KEY_UNKNOWN);
    return result;
}

static void expect_refused(const char *claims)
{
    status_list list = {.bits = 77};
    if (read_token(status_token_sign(arena, key, "statuslist+jwt", claims), &list) != OST_E_REMOTE)
        fail_msg("%s", claims);
    assert_int_equal(list.bits, 77);
}

static ost_result look(unsigned bits, const char *bytes, size_t len, uint64_t index)
{
    ost_error error = {0};
    ost_result result = status_list_look(bits, (ost_text){bytes, len}, index, &error);
    assert_int_equal(error.code, result);
    return result;
}

/* The examples of the draft, §4.1: one bit, and two. */
static void the_examples_of_the_draft(void **state)
{
    static const int one[] = {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1};
    static const int two[] = {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
    status_list list;
    char *claims = ost_arena_format(
        arena,
        "{\"sub\":\"" URI "\",\"iat\":%d,\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
        NOW);
    assert_int_equal(read_token(status_token_sign(arena, key, "statuslist+jwt", claims), &list),
                     OST_OK);
    assert_int_equal(list.bits, 1);
    assert_int_equal(list.bytes.len, 2);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(look(1, list.bytes.data, list.bytes.len, i),
                         one[i] ? OST_E_STATUS : OST_OK);
    assert_int_equal(look(1, list.bytes.data, list.bytes.len, 16), OST_E_STATUS);
    claims = ost_arena_format(
        arena,
        "{\"sub\":\"" URI "\",\"iat\":%d,\"status_list\":{\"bits\":2,\"lst\":\"eNo76fITAAPfAgc\"}}",
        NOW);
    assert_int_equal(read_token(status_token_sign(arena, key, "statuslist+jwt", claims), &list),
                     OST_OK);
    assert_int_equal(list.bytes.len, 3);
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(look(2, list.bytes.data, list.bytes.len, i),
                         two[i] ? OST_E_STATUS : OST_OK);
}

static void statuses_lie_from_the_lowest_bits_up(void **state)
{
    static const char bytes[] = {0x20, 0x01};
    for (uint64_t i = 0; i < 16; i++)
        assert_int_equal(look(1, bytes, 2, i), i == 5 || i == 8 ? OST_E_STATUS : OST_OK);
    for (uint64_t i = 0; i < 8; i++)
        assert_int_equal(look(2, bytes, 2, i), i == 2 || i == 4 ? OST_E_STATUS : OST_OK);
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(look(4, bytes, 2, i), i == 1 || i == 2 ? OST_E_STATUS : OST_OK);
    assert_int_equal(look(8, bytes, 2, 0), OST_E_STATUS);
    assert_int_equal(look(8, bytes, 2, 2), OST_E_STATUS);
    assert_int_equal(look(1, bytes, 2, 16), OST_E_STATUS);
    assert_int_equal(look(4, bytes, 2, UINT64_MAX), OST_E_STATUS);
    assert_int_equal(look(1, bytes, 0, 0), OST_E_STATUS);
}

static status_list read_good(const char *more)
{
    status_list list = {0};
    assert_int_equal(read_token(status_token(arena, key, URI, NOW, more, 1, "abc", 3), &list),
                     OST_OK);
    return list;
}

/* §4.2: no other numbers of bits, and each of these. */
static void statuses_have_one_two_four_or_eight_bits(void **state)
{
    for (unsigned bits = 1; bits <= 8; bits++) {
        status_list list = {0};
        bool good = bits == 1 || bits == 2 || bits == 4 || bits == 8;
        ost_text token = status_token(arena, key, URI, NOW, "", bits, "abc", 3);
        assert_int_equal(read_token(token, &list), good ? OST_OK : OST_E_REMOTE);
        assert_int_equal(list.bits, good ? bits : 0);
    }
}

static void times_say_how_long_it_serves(void **state)
{
    status_list list = read_good("");
    assert_int_equal(list.fresh_until, NOW + 300);
    assert_int_equal(list.issued, NOW);
    assert_int_equal(read_good(",\"ttl\":20").fresh_until, NOW + 20);
    assert_int_equal(read_good(",\"ttl\":0").fresh_until, NOW + 1);
    assert_int_equal(read_good(",\"ttl\":1e15").fresh_until, NOW + 86400);
    list = read_good(",\"ttl\":20,\"exp\":1700000010");
    assert_int_equal(list.fresh_until, NOW + 10);
    assert_int_equal(list.expires, NOW + 10);
}

static void what_is_no_list_is_refused(void **state)
{
#define LST "\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}"
#define NAMED "{\"sub\":\"" URI "\",\"iat\":1700000000,"
    static const char *const wrong[] = {
        "[]",
        "{}",
        "{\"sub\":\"" URI "\"," LST "}",
        "{\"iat\":1700000000," LST "}",
        "{\"sub\":\"" URI "/\",\"iat\":1700000000," LST "}",
        "{\"sub\":\"" URI "\",\"iat\":\"1700000000\"," LST "}",
        "{\"sub\":\"" URI "\",\"iat\":1700000031," LST "}",
        NAMED "\"iss\":\"https://other.example\"," LST "}",
        NAMED "\"iss\":null," LST "}",
        NAMED "\"exp\":1700000000," LST "}",
        NAMED "\"exp\":\"x\"," LST "}",
        NAMED "\"ttl\":-1," LST "}",
        NAMED "\"ttl\":\"60\"," LST "}",
        NAMED "\"status_list\":[]}",
        NAMED "\"status_list\":{\"bits\":1}}",
        NAMED "\"status_list\":{\"lst\":\"eNrbuRgAAhcBXQ\"}}",
        NAMED "\"status_list\":{\"bits\":3,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
        NAMED "\"status_list\":{\"bits\":0,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
        NAMED "\"status_list\":{\"bits\":16,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
        NAMED "\"status_list\":{\"bits\":\"1\",\"lst\":\"eNrbuRgAAhcBXQ\"}}",
        NAMED "\"status_list\":{\"bits\":1,\"lst\":\"\"}}",
        NAMED "\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ==\"}}",
        NAMED "\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXA\"}}", /* the sum */
        NAMED "\"status_list\":{\"bits\":1,\"lst\":\"eNvbuRgAAhcBXQ\"}}", /* the head */
        NAMED "\"status_list\":{\"bits\":1,\"lst\":\"27kYAA\"}}",         /* no head */
        NAMED "\"status_list\":{\"bits\":1,\"lst\":\"eNrb\"}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        expect_refused(wrong[i]);
}

static void signatures_and_types_count(void **state)
{
    status_list list;
    const char *claims = NAMED LST "}";
    assert_int_equal(read_token(status_token_sign(arena, foreign, "statuslist+jwt", claims), &list),
                     OST_E_REMOTE);
    assert_int_equal(read_token(status_token_sign(arena, key, "JWT", claims), &list), OST_E_REMOTE);
    assert_int_equal(read_token(status_token_sign(arena, key, NULL, claims), &list), OST_E_REMOTE);
    assert_int_equal(
        read_token(status_token_sign(arena, key, "application/statuslist+jwt", claims), &list),
        OST_OK);
    assert_int_equal(read_token(OST_TEXT(""), &list), OST_E_REMOTE);
    assert_int_equal(read_token(OST_TEXT("eyJhbGciOiJub25lIn0.e30."), &list), OST_E_REMOTE);
    ost_keyset *kept = keys;
    keys = NULL;
    assert_int_equal(read_token(status_token_sign(arena, key, "statuslist+jwt", claims), &list),
                     OST_E_KEY_UNKNOWN);
    keys = kept;
}

/* 64 MiB of zeroes are 64 KiB when compressed. */
static void a_bomb_stays_within_bounds(void **state)
{
    status_list list;
    size_t len = (size_t)20 << 20;
    char *zeroes = calloc(1, len);
    ost_arena *small = ost_arena_new(status_list_arena(1 << 20));
    ost_text token = status_token(arena, key, URI, NOW, "", 1, zeroes, len);
    assert_true(token.len < 65536);
    const status_rules rules = rules_of();
    ost_text kid;
    assert_int_equal(status_list_read(&rules, token, NOW, small, &list, &kid, NULL), OST_E_REMOTE);
    ost_arena_reset(small);
    token = status_token(arena, key, URI, NOW, "", 1, zeroes, 1 << 20);
    assert_int_equal(status_list_read(&rules, token, NOW, small, &list, &kid, NULL), OST_OK);
    ost_arena_reset(small);
    token = status_token(arena, key, URI, NOW, "", 1, zeroes, (1 << 20) + 1);
    assert_int_equal(status_list_read(&rules, token, NOW, small, &list, &kid, NULL), OST_E_REMOTE);
    ost_arena_free(small);
    free(zeroes);
}

static void what_a_token_says(void **state)
{
    static const struct {
        const char *status;
        bool given;
        ost_result read;
    } cases[] = {
        {"", false, OST_E_STATUS},
        {",\"status\":\"active\"", false, OST_E_STATUS},
        {",\"status\":null", false, OST_E_STATUS},
        {",\"status\":{}", true, OST_E_STATUS},
        {",\"status\":{\"other\":{}}", true, OST_E_STATUS},
        {",\"status\":{\"status_list\":{\"idx\":0}}", true, OST_E_STATUS},
        {",\"status\":{\"status_list\":{\"uri\":\"u\"}}", true, OST_E_STATUS},
        {",\"status\":{\"status_list\":{\"idx\":-1,\"uri\":\"u\"}}", true, OST_E_STATUS},
        {",\"status\":{\"status_list\":{\"idx\":1.5,\"uri\":\"u\"}}", true, OST_E_STATUS},
        {",\"status\":{\"status_list\":{\"idx\":\"1\",\"uri\":\"u\"}}", true, OST_E_STATUS},
        {",\"status\":{\"status_list\":{\"idx\":1,\"uri\":\"\"}}", true, OST_E_STATUS},
        {",\"status\":{\"status_list\":{\"idx\":7,\"uri\":\"u\"}}", true, OST_OK},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const ost_claims *claims;
        status_reference reference = {0};
        ost_error error = {0};
        char *text = ost_arena_format(arena, "{\"exp\":1%s}", cases[i].status);
        assert_int_equal(ost_claims_read(text_of(text), arena, &claims, NULL), OST_OK);
        assert_int_equal(status_is_given(claims), cases[i].given);
        assert_int_equal(status_reference_read(claims, &reference, &error), cases[i].read);
        if (cases[i].read == OST_OK)
            assert_true(reference.index == 7 && text_is(reference.uri, "u"));
    }
}

static void addresses_have_a_ceiling(void **state)
{
    for (size_t len = 2047; len <= 2049; len++) {
        const ost_claims *claims;
        status_reference reference = {0};
        ost_error error = {0};
        char *uri = ost_arena_alloc(arena, len + 1);
        memset(uri, 'u', len);
        uri[len] = '\0';
        char *text = ost_arena_format(
            arena, "{\"exp\":1,\"status\":{\"status_list\":{\"idx\":7,\"uri\":\"%s\"}}}", uri);
        assert_int_equal(ost_claims_read(text_of(text), arena, &claims, NULL), OST_OK);
        ost_result expected = len <= 2048 ? OST_OK : OST_E_STATUS;
        assert_int_equal(status_reference_read(claims, &reference, &error), expected);
        assert_int_equal(error.code, expected);
        assert_int_equal(reference.uri.len, expected == OST_OK ? len : 0);
    }
}

static void every_allocation_may_fail(void **state)
{
    ost_text token = status_token(arena, key, URI, NOW, "", 1, "abc", 3);
    const status_rules rules = rules_of();
    for (uint64_t n = 1;; n++) {
        ost_arena *own = ost_arena_new(status_list_arena(1 << 20));
        status_list list;
        ost_text kid;
        memory_fail_at(n);
        ost_result result = status_list_read(&rules, token, NOW, own, &list, &kid, NULL);
        memory_fail_at(0);
        ost_arena_free(own);
        if (result == OST_OK)
            break;
        assert_int_equal(result, OST_E_REMOTE);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_examples_of_the_draft),
        TEST(statuses_lie_from_the_lowest_bits_up),
        TEST(statuses_have_one_two_four_or_eight_bits),
        TEST(times_say_how_long_it_serves),
        TEST(what_is_no_list_is_refused),
        TEST(signatures_and_types_count),
        TEST(a_bomb_stays_within_bounds),
        TEST(what_a_token_says),
        TEST(addresses_have_a_ceiling),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("guard-status-list", tests, setup, teardown);
}
