/* SPDX-License-Identifier: Apache-2.0 */
/* What names of authentication contexts stand for, and what requests ask of them. */
#include "provider/token/acr_level.h"

#include <stdio.h>

#include "base/array.h"
#include "fixture.h"

static fixture *f;

static acr_demand demand(const char *client, const char *values, const char *claims)
{
    http_pair pairs[2];
    call *c = fixture_call(f, "x", client);
    size_t count = 0;
    if (values != NULL)
        pairs[count++] = (http_pair){OST_TEXT("acr_values"), text_of(values)};
    if (claims != NULL)
        pairs[count++] = (http_pair){OST_TEXT("claims"), text_of(claims)};
    c->form = (http_form){.pairs = pairs, .count = count};
    return acr_demand_read(c, c->client);
}

static void names_are_the_clients_or_the_realms(void **state)
{
    static const struct {
        const char *client, *low, *high;
    } cases[] = {{"plain", "low", "high"}, {"own", "0", "silver"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        call *c = fixture_call(f, "x", cases[i].client);
        assert_true(text_is(acr_level_name(c, c->client, 0), cases[i].low));
        assert_true(text_is(acr_level_name(c, c->client, 1), cases[i].high));
    }
}

static void what_is_asked_for_is_tried(void **state)
{
    static const struct {
        const char *client, *values;
        acr_demand demand;
    } cases[] = {
        {"plain", NULL, ACR_ANY},     {"plain", "", ACR_ANY},        {"plain", "low", ACR_ANY},
        {"plain", "0", ACR_ANY},      {"plain", "high", ACR_PROVED}, {"plain", "1", ACR_PROVED},
        {"plain", "2", ACR_PROVED},   {"plain", "huh", ACR_PROVED},  {"plain", "high low", ACR_ANY},
        {"plain", "huh 0", ACR_ANY},  {"own", "gold", ACR_PROVED},   {"own", "high", ACR_PROVED},
        {"own", "odd", ACR_PROVED},   {"default", NULL, ACR_ANY},    {"default", "1", ACR_PROVED},
        {"strict", NULL, ACR_PROVED}, {"strict", "low", ACR_ANY},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (demand(cases[i].client, cases[i].values, NULL) != cases[i].demand)
            fail_msg("%s %s", cases[i].client, cases[i].values != NULL ? cases[i].values : "-");
    }
}

static void what_is_essential_is_met_or_refused(void **state)
{
    static const struct {
        const char *client, *acr;
        acr_demand demand;
    } cases[] = {
        {"own", "{\"essential\":true,\"values\":[\"gold\"]}", ACR_UNMET},
        {"own", "{\"essential\":true,\"values\":[\"gold\",\"silver\"]}", ACR_PROVED},
        {"own", "{\"essential\":true,\"value\":\"2\"}", ACR_UNMET},
        {"own", "{\"essential\":true,\"value\":\"silver\"}", ACR_PROVED},
        {"own", "{\"essential\":true,\"values\":[\"huh\"]}", ACR_UNKNOWN},
        {"own", "{\"essential\":true,\"values\":[\"huh\",\"0\"]}", ACR_ANY},
        {"own", "{\"essential\":true,\"values\":[]}", ACR_ANY},
        {"own", "{\"essential\":true}", ACR_ANY},
        {"own", "{\"essential\":\"true\",\"values\":[\"gold\"]}", ACR_PROVED},
        {"own", "{\"values\":[\"gold\"]}", ACR_PROVED},
        {"own", "{\"values\":[\"huh\"]}", ACR_PROVED},
        {"own", "null", ACR_ANY},
        {"strict", "{}", ACR_PROVED},
        {"strict", "{\"essential\":true,\"values\":[\"low\"]}", ACR_ANY},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        call *c = fixture_call(f, "x", NULL);
        char claims[200];
        snprintf(claims, sizeof claims, "{\"id_token\":{\"acr\":%s}}", cases[i].acr);
        assert_non_null(c);
        if (demand(cases[i].client, NULL, claims) != cases[i].demand)
            fail_msg("%s %s", cases[i].client, claims);
    }
}

static void what_is_no_claims_object_asks_for_nothing(void **state)
{
    static const char *const texts[] = {
        "{",
        "[]",
        "1",
        "{\"id_token\":1}",
        "{\"id_token\":{\"acr\":1}}",
        "{\"userinfo\":{\"acr\":{\"essential\":true,\"value\":\"2\"}}}"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_int_equal(demand("plain", NULL, texts[i]), ACR_ANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_clients_or_the_realms),
        cmocka_unit_test(what_is_asked_for_is_tried),
        cmocka_unit_test(what_is_essential_is_met_or_refused),
        cmocka_unit_test(what_is_no_claims_object_asks_for_nothing),
    };
    f = fixture_new();
    int failed = cmocka_run_group_tests_name("provider-acr_level", tests, NULL, NULL);
    fixture_free(f);
    return failed;
}
