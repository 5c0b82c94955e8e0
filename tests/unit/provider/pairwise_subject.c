/* SPDX-License-Identifier: Apache-2.0 */
/* Pairwise subjects: Keycloak's own, sectors, and what makes none. */
#include "provider/proof/pairwise_subject.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static const char *const one[] = {"https://app.example:8443/cb", "https://app.example/*", NULL};
static const char *const two[] = {"https://app.example/cb", "https://other.example/cb", NULL};
static const char *const relative[] = {"/cb", NULL};
static const char *const apart[] = {"/cb", "https://other.example/cb", NULL};
static const char *const none[] = {NULL};
static const char *const own_scheme[] = {"app:/cb", NULL};

static void sectors(void **state)
{
    static const struct {
        const char *salt, *sector, *root;
        const char *const *uris;
        const char *host; /* NULL: no rule */
    } rows[] = {
        {"s", "", NULL, one, "app.example"},
        {"s", "", NULL, two, NULL},
        {"s", "https://sector.example/uris.json", NULL, two, "sector.example"},
        {"s", "https://[::1]:8443/uris.json", NULL, two, "[::1]"},
        {"s", "https://sector.example?x", NULL, none, "sector.example"},
        {"s", "", "https://app.example", relative, "app.example"},
        {"s", "", NULL, relative, NULL},
        {"s", "", "https://app.example", apart, NULL},
        {"s", "", NULL, none, NULL},
        {"s", "", NULL, NULL, NULL},
        {"s", "", NULL, own_scheme, NULL},
        {"s", "nonsense", NULL, one, NULL},
        {"s", "https://", NULL, one, NULL},
        {"s", "https://app.example@other.example/", NULL, one, NULL},
        {"", "", NULL, one, NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        pairwise_rule rule = {0};
        bool made = pairwise_rule_make(text_of(rows[i].salt), text_of(rows[i].sector), rows[i].root,
                                       rows[i].uris, &rule);
        if (made != (rows[i].host != NULL) || (made && !text_is(rule.sector, rows[i].host)))
            fail_msg("row %zu: %.*s", i, (int)rule.sector.len, rule.sector.data);
    }
}

static void subjects(void **state)
{
    const pairwise_rule rule = {OST_TEXT("app.example"), OST_TEXT("salt")};
    const pairwise_rule other = {OST_TEXT("other.example"), OST_TEXT("salt")};
    const pairwise_rule salted = {OST_TEXT("app.example"), OST_TEXT("pepper")};
    const pairwise_rule plain = {0};
    const ost_text alice = OST_TEXT("alice-id"), bob = OST_TEXT("bob-id");
    ost_arena *arena = ost_arena_new(65536);
    ost_text subject, again;
    (void)state;
    assert_int_equal(pairwise_subject(&rule, alice, arena, &subject), OST_OK);
    assert_int_equal(subject.len, 36);
    assert_int_equal(subject.data[14], '3');
    assert_int_equal(pairwise_subject(&rule, alice, arena, &again), OST_OK);
    assert_true(text_equal(subject, again));
    assert_true(pairwise_subject_is(&rule, subject, alice));
    assert_false(pairwise_subject_is(&rule, subject, bob));
    assert_false(pairwise_subject_is(&rule, alice, alice));
    assert_false(pairwise_subject_is(&other, subject, alice));
    assert_false(pairwise_subject_is(&salted, subject, alice));
    assert_int_equal(pairwise_subject(&plain, alice, arena, &subject), OST_OK);
    assert_true(text_equal(subject, alice) && pairwise_subject_is(&plain, alice, alice));
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sectors),
        cmocka_unit_test(subjects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
