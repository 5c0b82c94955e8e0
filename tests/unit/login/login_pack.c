/* SPDX-License-Identifier: Apache-2.0 */
/* Packing: every token comes back character by character, and damaged bytes do no harm. */
#include "login/login_pack.h"
#include "base/array.h"

#include "login_fakes.h"

static const ost_text tokens[] = {
    OST_TEXT(""),
    OST_TEXT("opaque"),
    OST_TEXT("eyJhbGciOiJub25lIn0.e30.c2ln"),
    OST_TEXT("eyJhbGciOiJub25lIn0.e30."), /* an empty part */
    OST_TEXT("..."),
    OST_TEXT("a.b.c"),               /* unused bits set: not what encoding would give */
    OST_TEXT("e30=.e30.e30"),        /* padding */
    OST_TEXT("e30.e30 .e30"),        /* a space */
    OST_TEXT("e30.e30.e30.e30.e30"), /* an encrypted token has five */
    OST_TEXT("e30.e30.e30.e30.e30.e30"),
    OST_TEXT("h\xc3\xa9.\n"),
};
#define TOKENS (ARRAY_LEN(tokens))

static void sessions_round_trip(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    for (size_t i = 1; i < TOKENS; i++) {
        const ost_login_session session = {.access_token = tokens[i],
                                           .refresh_token = tokens[(i * 3) % TOKENS],
                                           .id_token = tokens[(i * 5) % TOKENS],
                                           .started = 1800000000,
                                           .access_expiry = 1800000300,
                                           .refresh_at = INT64_MAX,
                                           .demanded = i % 2 == 0};
        ost_text packed;
        ost_login_session back = {0};
        assert_int_equal(login_pack_session(&session, arena, &packed), OST_OK);
        assert_int_equal(login_unpack_session(packed, arena, &back), OST_OK);
        assert_true(text_equal(back.access_token, session.access_token));
        assert_true(text_equal(back.refresh_token, session.refresh_token));
        assert_true(text_equal(back.id_token, session.id_token));
        assert_int_equal(back.started, session.started);
        assert_int_equal(back.access_expiry, session.access_expiry);
        assert_int_equal(back.refresh_at, session.refresh_at);
        assert_int_equal(back.demanded, session.demanded);
    }
    ost_arena_free(arena);
}

static void a_jwt_takes_three_quarters(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    char *long_token = ost_arena_alloc(arena, 4001);
    memset(long_token, 'A', 4000);
    long_token[400] = long_token[3601] = '.';
    const ost_login_session session = {.access_token = {long_token, 4000}};
    ost_text packed;
    assert_int_equal(login_pack_session(&session, arena, &packed), OST_OK);
    assert_in_range(packed.len, 2990, 3050);
    ost_arena_free(arena);
}

static void transactions_round_trip(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    const login_transaction transaction = {.state = OST_TEXT("state"),
                                           .nonce = OST_TEXT("nonce"),
                                           .verifier = OST_TEXT("verifier"),
                                           .base = BASE,
                                           .wanted = OST_TEXT("/items/?a=b"),
                                           .demanded = true};
    login_transaction back;
    ost_login_session session;
    ost_text packed;
    assert_int_equal(login_pack_transaction(&transaction, arena, &packed), OST_OK);
    assert_int_equal(login_unpack_transaction(packed, &back), OST_OK);
    assert_true(text_is(back.state, "state") && text_is(back.nonce, "nonce"));
    assert_true(text_is(back.verifier, "verifier") && text_equal(back.base, BASE));
    assert_true(text_is(back.wanted, "/items/?a=b") && back.demanded);
    /* One is not taken for the other. */
    assert_int_equal(login_unpack_session(packed, arena, &session), OST_E_FORMAT);
    ost_arena_free(arena);
}

static void damaged_bytes_are_refused(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 22);
    const ost_login_session session = {.access_token = tokens[2], .refresh_token = tokens[3]};
    ost_text packed;
    ost_login_session back;
    assert_int_equal(login_pack_session(&session, arena, &packed), OST_OK);
    for (size_t len = 0; len < packed.len; len++)
        assert_int_equal(login_unpack_session((ost_text){packed.data, len}, arena, &back),
                         OST_E_FORMAT);
    char *longer = ost_arena_alloc(arena, packed.len + 1);
    memcpy(longer, packed.data, packed.len);
    assert_int_equal(login_unpack_session((ost_text){longer, packed.len + 1}, arena, &back),
                     OST_E_FORMAT);
    /* Any one byte changed: refused or another session, never out of bounds. */
    for (size_t i = 0; i < packed.len; i++) {
        for (int byte = 0; byte < 256; byte += 5) {
            longer[i] = (char)byte;
            if (login_unpack_session((ost_text){longer, packed.len}, arena, &back) == OST_OK)
                assert_true(back.access_token.len > 0);
        }
        longer[i] = packed.data[i];
    }
    ost_arena_free(arena);
}

static void too_long_is_refused(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    char *large = ost_arena_alloc(arena, 20000);
    memset(large, 'x', 20000);
    const ost_login_session session = {.access_token = {large, 16385}};
    const login_transaction transaction = {.wanted = {large, 16385}};
    ost_text packed;
    assert_int_equal(login_pack_session(&session, arena, &packed), OST_E_CEILING);
    assert_int_equal(login_pack_transaction(&transaction, arena, &packed), OST_E_CEILING);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_round_trip),     cmocka_unit_test(a_jwt_takes_three_quarters),
        cmocka_unit_test(transactions_round_trip), cmocka_unit_test(damaged_bytes_are_refused),
        cmocka_unit_test(too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
