/* SPDX-License-Identifier: Apache-2.0 */
/* What names of authentication contexts stand for, and what requests ask of them. */
#include "provider/token/acr_level.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "fixture.h"

static fixture *f;

static call_level asked; /* by the last demand */

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
    return acr_demand_read(c, c->client, &asked);
}

static void names_are_the_clients_or_the_realms(void **state)
{
    static const struct {
        const char *client, *low, *high;
    } cases[] = {{"plain", "low", "high"}, {"own", "0", "silver"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        call *c = fixture_call(f, "x", cases[i].client);
        assert_true(text_is(acr_level_name(c, c->client, &(reached_level){0}), cases[i].low));
        assert_true(text_is(acr_level_name(c, c->client, NULL), cases[i].high));
        assert_true(
            text_is(acr_level_name(c, c->client, &(reached_level){.proved = true}), cases[i].high));
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

/* A flow of the levels 1 and 3. */
static void what_is_asked_of_a_flow_with_levels(void **state)
{
    static const struct {
        const char *client, *values, *acr;
        acr_demand demand;
        int64_t level; /* -1: none is asked for */
        const char *names;
    } cases[] = {
        {"levels", NULL, NULL, ACR_ANY, -1, ""},
        {"levels", "", NULL, ACR_ANY, -1, ""},
        {"levels", "0", NULL, ACR_ANY, 0, "0"},
        {"levels", "1", NULL, ACR_ANY, 1, "1"},
        {"levels", "3 1", NULL, ACR_ANY, 1, "3 1"},
        {"levels", "gold gold", NULL, ACR_ANY, 3, "gold"},
        {"levels", "huh", NULL, ACR_ANY, 0, ""},
        {"levels", "huh gold", NULL, ACR_ANY, 3, "gold"},
        {"levels", "9", NULL, ACR_ANY, 3, "9"},
        {"levels", "-1", NULL, ACR_ANY, 0, ""},
        {"levels", "99999999999999999999", NULL, ACR_ANY, 0, ""},
        {"levels", "1", "{\"essential\":true,\"values\":[\"gold\"]}", ACR_ANY, 3, "gold"},
        {"levels", NULL, "{\"essential\":true,\"values\":[\"9\",\"gold\"]}", ACR_ANY, 3, "9 gold"},
        {"levels", NULL, "{\"essential\":true,\"values\":[\"9\"]}", ACR_UNMET, -1, ""},
        {"levels", NULL, "{\"essential\":true,\"values\":[\"huh\"]}", ACR_UNKNOWN, -1, ""},
        {"levels", NULL, "{\"values\":[\"9\"]}", ACR_ANY, 3, "9"},
        {"levels", "3", "{\"essential\":true,\"values\":[3,null,[]]}", ACR_ANY, 3, "3"},
        {"wanting", NULL, NULL, ACR_ANY, 3, "gold"},
        {"wanting", "1", NULL, ACR_ANY, 1, "1"},
        {"least", NULL, NULL, ACR_ANY, 3, "gold"},
        {"least", "1", NULL, ACR_ANY, 3, "1 gold"},
        {"least", "huh", NULL, ACR_ANY, 3, "gold"},
        {"least", NULL, "{\"essential\":true,\"values\":[\"1\"]}", ACR_ANY, 3, "1 gold"},
        {"least", NULL, "{\"essential\":true,\"values\":[\"huh\"]}", ACR_UNKNOWN, -1, ""},
        {"odd", "1", NULL, ACR_ANY, 3, "1"},
        {"odd", NULL, NULL, ACR_ANY, 3, ""},
        {"flat", "3", NULL, ACR_PROVED, -1, "3"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char claims[200];
        snprintf(claims, sizeof claims, "{\"id_token\":{\"acr\":%s}}",
                 cases[i].acr != NULL ? cases[i].acr : "null");
        acr_demand found = demand(cases[i].client, cases[i].values, claims);
        if (found != cases[i].demand || asked.asked != (cases[i].level >= 0) ||
            (asked.asked && asked.level != cases[i].level) ||
            (found == ACR_ANY && !text_is(asked.names, cases[i].names)))
            fail_msg("case %zu: %d %d %lld %.*s", i, (int)found, asked.asked,
                     (long long)asked.level, OST_FORMAT(asked.names));
    }
}

static void a_level_is_called_by_the_name_that_was_asked_for(void **state)
{
    static const struct {
        const char *client;
        int64_t level;
        const char *names, *name;
    } cases[] = {
        {"levels", 3, "", "gold"},       {"levels", 3, "1", "1"},
        {"levels", 3, "1 gold", "gold"}, {"levels", 1, "gold", "silver"},
        {"levels", 1, "1", "1"},         {"levels", 2, "", "silver"},
        {"levels", 0, "gold", "0"},      {"levels", 3, "huh", "gold"},
        {"levels", 3, "9", "gold"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        call *c = fixture_call(f, "x", cases[i].client);
        const reached_level reached = {.proved = true,
                                       .leveled = true,
                                       .level = cases[i].level,
                                       .names = text_of(cases[i].names)};
        ost_text name = acr_level_name(c, c->client, &reached);
        if (!text_is(name, cases[i].name))
            fail_msg("case %zu: %.*s", i, OST_FORMAT(name));
    }
}

static void names_are_kept_within_bounds(void **state)
{
    char many[20001];
    (void)state;
    for (size_t i = 0; i + 5 <= sizeof many - 1; i += 5)
        snprintf(many + i, 6, "%04zu ", i / 5 % 10000);
    assert_int_equal(demand("levels", many, NULL), ACR_ANY);
    assert_true(asked.asked && asked.names.len <= 512);
    memset(many, '0', sizeof many - 2);
    many[sizeof many - 2] = '3';
    assert_int_equal(demand("levels", many, NULL), ACR_ANY);
    assert_true(asked.asked && asked.names.len == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_clients_or_the_realms),
        cmocka_unit_test(what_is_asked_for_is_tried),
        cmocka_unit_test(what_is_essential_is_met_or_refused),
        cmocka_unit_test(what_is_no_claims_object_asks_for_nothing),
        cmocka_unit_test(what_is_asked_of_a_flow_with_levels),
        cmocka_unit_test(a_level_is_called_by_the_name_that_was_asked_for),
        cmocka_unit_test(names_are_kept_within_bounds),
    };
    f = fixture_new();
    int failed = cmocka_run_group_tests_name("provider-acr_level", tests, NULL, NULL);
    fixture_free(f);
    return failed;
}
