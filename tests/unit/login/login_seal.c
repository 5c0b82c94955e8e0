/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing: what comes back is what went in, and nothing else opens. */
#include "login/login_seal.h"

#include "login_fakes.h"

#define NAME OST_TEXT("__Host-ostiary")

static ost_text seal(const login_seal *with, ost_text plain, uint32_t age, ost_arena *arena)
{
    ost_text sealed = {0};
    assert_int_equal(login_seal_close(with, NAME, plain, age, arena, &sealed), OST_OK);
    return sealed;
}

static void round_trip(void **state)
{
    (void)state;
    login_seal made;
    ost_arena *arena = ost_arena_new(1 << 20);
    assert_int_equal(login_seal_init(&made, "label", SECRET, (ost_text){0}, &fake_context), OST_OK);
    const ost_text texts[] = {OST_TEXT(""), OST_TEXT("a"), {"\0\xff\n", 3}, OST_TEXT(DISCOVERY)};
    for (size_t i = 0; i < 4; i++) {
        ost_text plain, sealed = seal(&made, texts[i], 60, arena);
        assert_int_equal(login_seal_open(&made, NAME, sealed, arena, &plain), OST_OK);
        assert_true(text_equal(plain, texts[i]));
    }
    /* The same text never looks the same. */
    assert_false(text_equal(seal(&made, texts[1], 60, arena), seal(&made, texts[1], 60, arena)));
    login_seal_clear(&made);
    ost_arena_free(arena);
}

static void every_changed_character_is_refused(void **state)
{
    (void)state;
    login_seal made;
    ost_arena *arena = ost_arena_new(1 << 20);
    assert_int_equal(login_seal_init(&made, "label", SECRET, (ost_text){0}, &fake_context), OST_OK);
    ost_text plain = {"untouched", 9}, sealed = seal(&made, OST_TEXT("secret"), 60, arena);
    char *copy = ost_arena_copy(arena, sealed);
    for (size_t i = 0; i < sealed.len; i++) {
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        assert_int_equal(login_seal_open(&made, NAME, (ost_text){copy, sealed.len}, arena, &plain),
                         OST_E_FORMAT);
        copy[i] = sealed.data[i];
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_int_equal(login_seal_open(&made, NAME, (ost_text){copy, len}, arena, &plain),
                         OST_E_FORMAT);
    assert_true(text_is(plain, "untouched"));
    login_seal_clear(&made);
    ost_arena_free(arena);
}

static void other_name_label_or_secret_is_refused(void **state)
{
    (void)state;
    login_seal made, label, secret;
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text other = OST_TEXT("1123456789abcdef0123456789abcdef"), plain;
    assert_int_equal(login_seal_init(&made, "label", SECRET, (ost_text){0}, &fake_context), OST_OK);
    assert_int_equal(login_seal_init(&label, "other", SECRET, (ost_text){0}, &fake_context),
                     OST_OK);
    assert_int_equal(login_seal_init(&secret, "label", other, (ost_text){0}, &fake_context),
                     OST_OK);
    ost_text sealed = seal(&made, OST_TEXT("secret"), 60, arena);
    assert_int_equal(login_seal_open(&made, OST_TEXT("ostiary"), sealed, arena, &plain),
                     OST_E_FORMAT);
    assert_int_equal(login_seal_open(&label, NAME, sealed, arena, &plain), OST_E_FORMAT);
    assert_int_equal(login_seal_open(&secret, NAME, sealed, arena, &plain), OST_E_FORMAT);
    login_seal_clear(&made);
    login_seal_clear(&label);
    login_seal_clear(&secret);
    ost_arena_free(arena);
}

static void older_secret_opens_but_does_not_seal(void **state)
{
    (void)state;
    login_seal before, after, later;
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text fresh = OST_TEXT("1123456789abcdef0123456789abcdef"), plain;
    assert_int_equal(login_seal_init(&before, "label", SECRET, (ost_text){0}, &fake_context),
                     OST_OK);
    assert_int_equal(login_seal_init(&after, "label", fresh, SECRET, &fake_context), OST_OK);
    assert_int_equal(login_seal_init(&later, "label", fresh, (ost_text){0}, &fake_context), OST_OK);
    ost_text old = seal(&before, OST_TEXT("old"), 60, arena);
    ost_text new = seal(&after, OST_TEXT("new"), 60, arena);
    assert_int_equal(login_seal_open(&after, NAME, old, arena, &plain), OST_OK);
    assert_true(text_is(plain, "old"));
    assert_int_equal(login_seal_open(&later, NAME, new, arena, &plain), OST_OK);
    assert_true(text_is(plain, "new"));
    assert_int_equal(login_seal_open(&before, NAME, new, arena, &plain), OST_E_FORMAT);
    login_seal_clear(&before);
    login_seal_clear(&after);
    login_seal_clear(&later);
    ost_arena_free(arena);
}

static void age_is_bounded(void **state)
{
    (void)state;
    login_seal made;
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text plain;
    assert_int_equal(login_seal_init(&made, "label", SECRET, (ost_text){0}, &fake_context), OST_OK);
    ost_text sealed = seal(&made, OST_TEXT("x"), 600, arena);
    fake_time += 600;
    assert_int_equal(login_seal_open(&made, NAME, sealed, arena, &plain), OST_OK);
    fake_time += 1;
    assert_int_equal(login_seal_open(&made, NAME, sealed, arena, &plain), OST_E_FORMAT);
    /* Another node's clock may be a little behind, but not much. */
    fake_time -= 601 + 60;
    assert_int_equal(login_seal_open(&made, NAME, sealed, arena, &plain), OST_OK);
    fake_time -= 1;
    assert_int_equal(login_seal_open(&made, NAME, sealed, arena, &plain), OST_E_FORMAT);
    fake_time += 61;
    login_seal_clear(&made);
    ost_arena_free(arena);
}

static void limits(void **state)
{
    (void)state;
    login_seal made;
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text sealed, plain;
    ost_text weak = OST_TEXT("0123456789abcdef0123456789abcde");
    assert_int_equal(login_seal_init(&made, "label", weak, (ost_text){0}, &fake_context),
                     OST_E_KEY_WEAK);
    assert_int_equal(login_seal_init(&made, "label", SECRET, weak, &fake_context), OST_E_KEY_WEAK);
    assert_int_equal(login_seal_init(&made, "label", SECRET, (ost_text){0}, &fake_context), OST_OK);
    char *large = ost_arena_alloc(arena, 200000);
    memset(large, 'A', 200000);
    assert_int_equal(login_seal_close(&made, NAME, (ost_text){large, LOGIN_SEAL_TEXT_MAX + 1}, 1,
                                      arena, &sealed),
                     OST_E_CEILING);
    assert_int_equal(login_seal_open(&made, NAME, (ost_text){large, 200000}, arena, &plain),
                     OST_E_FORMAT);
    assert_int_equal(login_seal_close(&made, (ost_text){0}, OST_TEXT("x"), 1, arena, &sealed),
                     OST_E_ARGUMENT);
    ost_arena *small = ost_arena_new(64);
    assert_int_equal(login_seal_close(&made, NAME, OST_TEXT(DISCOVERY), 1, small, &sealed),
                     OST_E_MEMORY);
    ost_arena_free(small);
    login_seal_clear(&made);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(every_changed_character_is_refused),
        cmocka_unit_test(other_name_label_or_secret_is_refused),
        cmocka_unit_test(older_secret_opens_but_does_not_seal),
        cmocka_unit_test(age_is_bounded),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
