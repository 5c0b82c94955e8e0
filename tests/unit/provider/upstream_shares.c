/* SPDX-License-Identifier: Apache-2.0 */
/* Shares in transfers: whom one does not answer takes no room of the others. */
#include "provider/upstream/upstream_shares.h"

#include <stdio.h>

#include "base/text.h"
#include "test.h"

static size_t places[UPSTREAM_TRANSFERS];
static size_t count;

static bool take(upstream_shares *shares, upstream_kind kind, const char *owner)
{
    size_t place = UPSTREAM_TRANSFERS;
    ost_result result = upstream_shares_take(shares, kind, text_of(owner), &place);
    assert_true(result == OST_OK || result == OST_E_BUSY);
    assert_true(result == OST_OK ? place < UPSTREAM_TRANSFERS : place == UPSTREAM_TRANSFERS);
    if (result == OST_OK)
        places[count++] = place;
    return result == OST_OK;
}

static size_t take_all(upstream_shares *shares, upstream_kind kind, const char *owner)
{
    size_t taken = 0;
    while (take(shares, kind, owner))
        taken++;
    return taken;
}

static int begin(void **state)
{
    (void)state;
    count = 0;
    return 0;
}

static void one_client_leaves_room_for_others_and_for_logins(void **state)
{
    upstream_shares shares = {0};
    (void)state;
    assert_int_equal(take_all(&shares, UPSTREAM_OF_INTENT, "realm one"), 26);
    assert_true(take(&shares, UPSTREAM_OF_INTENT, "realm two"));
    assert_true(take(&shares, UPSTREAM_OF_PROVIDER, "idp.example"));
    assert_false(take(&shares, UPSTREAM_OF_INTENT, "realm one"));
}

/* However many clients somebody has a question asked about. */
static void intents_leave_half_for_logins(void **state)
{
    upstream_shares shares = {0};
    size_t taken = 0;
    char owner[32];
    (void)state;
    for (int i = 0; i < 200; i++) {
        snprintf(owner, sizeof owner, "realm c%d", i);
        taken += take(&shares, UPSTREAM_OF_INTENT, owner);
    }
    assert_int_equal(taken, UPSTREAM_INTENTS);
    assert_int_equal(take_all(&shares, UPSTREAM_OF_PROVIDER, "idp.example"), 26);
    assert_true(take(&shares, UPSTREAM_OF_PROVIDER, "other.example"));
}

static void a_provider_that_does_not_answer_leaves_room_for_another(void **state)
{
    upstream_shares shares = {0};
    (void)state;
    assert_int_equal(take_all(&shares, UPSTREAM_OF_PROVIDER, "slow.example"), 52);
    assert_true(take(&shares, UPSTREAM_OF_PROVIDER, "quick.example"));
    assert_true(take(&shares, UPSTREAM_OF_INTENT, "slow.example")); /* an owner of another kind */
}

static void what_has_ended_gives_its_place_back(void **state)
{
    upstream_shares shares = {0};
    (void)state;
    size_t most = take_all(&shares, UPSTREAM_OF_INTENT, "realm one");
    upstream_shares_give(&shares, places[3]);
    assert_true(take(&shares, UPSTREAM_OF_INTENT, "realm one"));
    assert_int_equal(places[most], places[3]);
    for (size_t i = 0; i < most; i++)
        upstream_shares_give(&shares, places[i]);
    assert_int_equal(take_all(&shares, UPSTREAM_OF_INTENT, "realm one"), most);
}

/* Places are never given twice. */
static void no_place_is_anothers(void **state)
{
    upstream_shares shares = {0};
    bool seen[UPSTREAM_TRANSFERS] = {false};
    char owner[32];
    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(owner, sizeof owner, "%d.example", i);
        (void)!take(&shares, UPSTREAM_OF_PROVIDER, owner);
    }
    assert_int_equal(count, UPSTREAM_TRANSFERS);
    for (size_t i = 0; i < count; i++) {
        assert_false(seen[places[i]]);
        seen[places[i]] = true;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_client_leaves_room_for_others_and_for_logins, begin),
        cmocka_unit_test_setup(intents_leave_half_for_logins, begin),
        cmocka_unit_test_setup(a_provider_that_does_not_answer_leaves_room_for_another, begin),
        cmocka_unit_test_setup(what_has_ended_gives_its_place_back, begin),
        cmocka_unit_test_setup(no_place_is_anothers, begin),
    };
    return cmocka_run_group_tests_name("provider-upstream_shares", tests, NULL, NULL);
}
