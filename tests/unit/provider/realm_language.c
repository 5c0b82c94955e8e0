/* SPDX-License-Identifier: Apache-2.0 */
/* Which of a realm's languages a tag, or a browser's list, stands for: as Keycloak 24 finds them.
 */
#include "provider/login/realm_language.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static bool is(const char *found, const char *wanted)
{
    return found == NULL || wanted == NULL ? found == wanted : strcmp(found, wanted) == 0;
}

static void tags(void **state)
{
    static const char *const usual[] = {"en", "de", "pt-BR", "zh-CN", "de-AT", "sr-Latn", NULL};
    static const char *const regions[] = {"de-CH", "de-AT", "en-GB", "es-419", NULL};
    static const char *const none[] = {NULL};
    const struct {
        const char *const *locales;
        const char *tag, *found;
    } rows[] = {
        {usual, "de", "de"},         {usual, "de-AT", "de-AT"}, {usual, "DE-at", "de-AT"},
        {usual, "de-CH", "de"},      {usual, "de-1996", "de"},  {usual, "de-Latn-AT", "de-AT"},
        {usual, "pt", "pt-BR"},      {usual, "pt-PT", NULL},    {usual, "zh-Hans-CN", "zh-CN"},
        {usual, "zh-Hant", "zh-CN"}, {usual, "zh-TW", NULL},    {usual, "sr-Cyrl", "sr-Latn"},
        {usual, "de_AT", NULL},      {usual, "", NULL},         {usual, "-", NULL},
        {usual, "*", NULL},          {usual, "\"><x>", NULL},   {regions, "de", "de-CH"},
        {regions, "de-DE", NULL},    {regions, "en-US", NULL},  {regions, "es-419", "es-419"},
        {regions, "es", "es-419"},   {none, "en", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const realm r = {.locales = rows[i].locales};
        if (!is(realm_language_match(&r, text_of(rows[i].tag)), rows[i].found))
            fail_msg("%s", rows[i].tag);
    }
}

static void accepted(void **state)
{
    static const char *const locales[] = {"en", "de", "de-AT", NULL};
    const struct {
        const char *field, *found;
    } rows[] = {
        {"de", "de"},
        {"de-AT;q=0.5,en;q=0.9", "en"},
        {"de-AT, en", "de-AT"},
        {"it,en;q=0.1", "en"},
        {"fr, de-CH ; q=0.3 ,en;q=0.25", "de"},
        {"en;q=0.5,de;q=0.5", "en"},
        {"it", NULL},
        {"*", NULL},
        {"", NULL},
        {",,;q=1,", NULL},
        {"de;q=0", NULL},
        {"de;q=0.000", NULL},
        {"de;q=0.001", "de"},
        {"de;q=1.000", "de"},
        {"de;q=1.001,en;q=0.1", "en"},
        {"de;q=2", NULL},
        {"de;q=0.1234", NULL},
        {"de;q=", NULL},
        {"de;q=-1", NULL},
        {"de;q=0x", NULL},
        {"de;level=1", NULL},
    };
    const realm r = {.locales = locales};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!is(realm_language_accepted(&r, text_of(rows[i].field)), rows[i].found))
            fail_msg("%s", rows[i].field);
    }
}

/* A page of no realm speaks every language that pages have, and otherwise English. */
static void of_a_browser(void **state)
{
    const struct {
        const char *field, *found;
    } rows[] = {
        {"", "en"},
        {"*", "en"},
        {"sw", "en"},
        {"de-AT,de;q=0.9,en;q=0.8", "de"},
        {"zh-CN,zh;q=0.9", "zh"},
        {"pt-PT;q=0.5,ar;q=0.4", "pt"},
        {"sw,nl;q=0.1", "nl"},
        {"\"><x>,de;q=2", "en"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(realm_language_of_browser(text_of(rows[i].field)), rows[i].found);
}

#define EIGHT "it,it,it,it,it,it,it,it,"

/* A long list costs no more than the first of it. */
static void no_more_than_a_few_are_looked_at(void **state)
{
    static const char *const locales[] = {"de", NULL};
    static const char field[] = EIGHT EIGHT EIGHT EIGHT "de";
    const realm r = {.locales = locales};
    (void)state;
    assert_null(realm_language_accepted(&r, text_of(field)));
    assert_non_null(realm_language_accepted(&r, text_of(field + strlen("it,"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags),
        cmocka_unit_test(accepted),
        cmocka_unit_test(of_a_browser),
        cmocka_unit_test(no_more_than_a_few_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
