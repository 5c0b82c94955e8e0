/* SPDX-License-Identifier: Apache-2.0 */
/* Recovery codes in users' documents: made, used in their order, and refused when they cannot be
 * read. */
#include "provider/user/recovery_codes.h"

#include <string.h>

#include "base/text.h"
#include "test.h"

#define USER "some user"

static bool draw_ones(void *user, unsigned char *ret, size_t n)
{
    unsigned char *next = user;
    for (size_t i = 0; i < n; i++)
        ret[i] = (*next)++; /* every byte, those that are drawn anew too */
    return true;
}

static const ost_json *read_json(ost_arena *arena, const char *text)
{
    const ost_json *value;
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &value, NULL), OST_OK);
    return value;
}

static recovery_codes read_codes(ost_arena *arena, const ost_json *user)
{
    recovery_codes codes;
    assert_int_equal(recovery_codes_read(user, arena, &codes), OST_OK);
    return codes;
}

static const ost_json *use(ost_arena *arena, const ost_json *user, const char *typed,
                           ost_result expected)
{
    recovery_codes codes = read_codes(arena, user);
    const ost_json *changed = user;
    assert_int_equal(
        recovery_codes_use(user, OST_TEXT(USER), &codes, text_of(typed), arena, &changed),
        expected);
    return changed;
}

static void made_and_used_in_their_order(void **state)
{
    unsigned char next = 0;
    const ost_context context = {.random = draw_ones, .user = &next};
    ost_arena *arena = ost_arena_new(1 << 20);
    const ost_json *user =
        read_json(arena, "{\"credentials\":[{\"type\":\"otp\"},{\"type\":\"recovery-authn-codes\","
                         "\"secretData\":\"{}\"},{\"type\":\"x\"}]}");
    recovery_setup setup = {.user_id = OST_TEXT(USER), .id = OST_TEXT("new"), .now_ms = 5};
    ost_text rest, code;
    assert_int_equal(recovery_codes_make(&context, arena, &setup.codes), OST_OK);
    assert_int_equal(text_count(setup.codes, ','), RECOVERY_CODES - 1);
    assert_int_equal(recovery_codes_put(user, &setup, arena, &user), OST_OK);
    assert_int_equal(ost_json_count(ost_json_get(user, "credentials")), 3);
    rest = setup.codes;
    for (int64_t number = 1; number <= RECOVERY_CODES; number++) {
        recovery_codes codes = read_codes(arena, user);
        assert_true(codes.readable);
        assert_int_equal(codes.number, number);
        assert_int_equal(codes.left, RECOVERY_CODES + 1 - number);
        assert_int_equal(codes.total, RECOVERY_CODES);
        assert_true(text_next(&rest, ',', &code));
        assert_int_equal(code.len, RECOVERY_CODE_LEN);
        use(arena, user, "", OST_E_NOT_FOUND);
        if (rest.len > 0)
            use(arena, user, ost_arena_copy(arena, text_slice(rest, 0, code.len)), OST_E_NOT_FOUND);
        user =
            use(arena, user,
                ost_arena_format(arena, "%.4s-%.4s-%.4s", code.data, code.data + 4, code.data + 8),
                OST_OK);
        use(arena, user, ost_arena_copy(arena, code), OST_E_NOT_FOUND);
    }
    assert_null(read_codes(arena, user).credential);
    assert_int_equal(ost_json_count(ost_json_get(user, "credentials")), 2);
    assert_true(ost_json_equals(ost_json_first(ost_json_get(user, "requiredActions")),
                                OST_TEXT(RECOVERY_ACTION)));
    ost_arena_free(arena);
}

static void what_cannot_be_read_lets_nobody_in(void **state)
{
    static const char *const bad[] = {
        "\"secretData\":\"{}\",\"credentialData\":\"{}\"",
        "\"secretData\":\"{\\\"codes\\\":[]}\",\"credentialData\":\"{}\"",
        "\"secretData\":\"{\\\"codes\\\":{\\\"a\\\":1}}\",\"credentialData\":\"{}\"",
        "\"secretData\":\"{\\\"codes\\\":[{\\\"number\\\":1}]}\",\"credentialData\":\"{}\"",
        "\"secretData\":\"{\\\"codes\\\":[{\\\"number\\\":1,\\\"encodedHashedValue\\\":\\\"\\\"}]}"
        "\",\"credentialData\":\"{}\"",
        "\"secretData\":\"{\\\"codes\\\":[{\\\"number\\\":1,\\\"encodedHashedValue\\\":\\\"x\\\"}]}"
        "\",\"credentialData\":\"{\\\"algorithm\\\":\\\"SHA-1\\\"}\"",
        "\"secretData\":\"{\\\"codes\\\":[{\\\"number\\\":1,\\\"encodedHashedValue\\\":\\\"x\\\"}]}"
        "\"",
    };
    ost_arena *arena = ost_arena_new(1 << 20);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const ost_json *user = read_json(
            arena,
            ost_arena_format(arena, "{\"credentials\":[{\"type\":\"recovery-authn-codes\",%s}]}",
                             bad[i]));
        recovery_codes codes = read_codes(arena, user);
        assert_non_null(codes.credential);
        assert_false(codes.readable);
        use(arena, user, "", OST_E_NOT_FOUND);
        use(arena, user, "x", OST_E_NOT_FOUND);
    }
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_and_used_in_their_order),
        cmocka_unit_test(what_cannot_be_read_lets_nobody_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
