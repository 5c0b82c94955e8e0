/* SPDX-License-Identifier: Apache-2.0 */
/* Templates: what stays, what is escaped, what is shown when; and that each of ours is whole. */
#include "page/page_fill.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "page/page.h"
#include "page/page_files.h"
#include "page/page_words.h"
#include "test.h"

static ost_result filled(const char *source, const page *p, char ret[1000])
{
    ost_arena *arena = ost_arena_new(1 << 20);
    buffer_auto buffer b;
    buffer_init(&b, 1 << 20);
    assert_non_null(arena);
    ost_result result = page_fill_template(text_of(source), p, arena, &b);
    assert_int_equal(b.failed, OST_OK);
    assert_true(text_to_string(buffer_text(&b), ret, 1000));
    ost_arena_free(arena);
    return result;
}

static void values_are_escaped_and_never_read_again(void **state)
{
    char made[1000];
    page p = {0};
    (void)state;
    page_put(&p, PAGE_MESSAGE, OST_TEXT("<b>\"&'{{title}}{{#rows}}"));
    page_put(&p, PAGE_TITLE, OST_TEXT("never"));
    assert_int_equal(filled("a{{message}}z", &p, made), OST_OK);
    assert_string_equal(made, "a&lt;b&gt;&quot;&amp;&#39;{{title}}{{#rows}}z");
}

static void sections(void **state)
{
    const struct {
        const char *source, *there, *absent;
    } rows[] = {
        {"{{#wrong}}w{{/wrong}}", "w", ""},
        {"{{^wrong}}r{{/wrong}}", "", "r"},
        {"<{{#message}}[{{message}}]{{/message}}>", "<[m]>", "<>"},
        {"{{#link}}{{#message}}{{link}}{{/message}}{{/link}}", "/x", ""},
        {"{ {{^error}}}{{/error}} }", "{  }", "{ } }"},
    };
    char made[1000];
    page there = {0};
    const page absent = {0};
    (void)state;
    page_put_flag(&there, PAGE_WRONG, true);
    page_put_flag(&there, PAGE_ERROR, true);
    page_put(&there, PAGE_MESSAGE, OST_TEXT("m"));
    page_put_url(&there, PAGE_LINK, OST_TEXT("/x"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(filled(rows[i].source, &there, made), OST_OK);
        assert_string_equal(made, rows[i].there);
        assert_int_equal(filled(rows[i].source, &absent, made), OST_OK);
        assert_string_equal(made, rows[i].absent);
    }
}

static void rows_repeat(void **state)
{
    const char *source =
        "{{#rows}}{{name}}={{value}};{{title}} {{/rows}}{{^rows}}none{{/rows}}{{name}}";
    const page_row two[] = {
        {{{PAGE_ROW_NAME, OST_TEXT("a")}, {PAGE_ROW_VALUE, OST_TEXT("<")}}},
        {{{PAGE_ROW_VALUE, OST_TEXT("2")}, {PAGE_ROW_NAME, OST_TEXT("{{title}}")}}},
    };
    char made[1000];
    page p = {.rows = two, .row_count = 2};
    (void)state;
    page_put(&p, PAGE_TITLE, OST_TEXT("t"));
    assert_int_equal(filled(source, &p, made), OST_OK);
    assert_string_equal(made, "a=&lt;;t {{title}}=2;t ");
    p.row_count = 0;
    assert_int_equal(filled(source, &p, made), OST_OK);
    assert_string_equal(made, "none");
}

static void messages(void **state)
{
    static const char source[] =
        "{{.doLogIn}}|{{@signedInAs}}<b>{{title}}</b>{{/signedInAs}}|{{.signedInAs}}";
    const ost_json *texts;
    ost_arena *arena = ost_arena_new(1 << 20);
    char made[1000];
    page_words words;
    page p = {0};
    (void)state;
    page_put(&p, PAGE_TITLE, OST_TEXT("<ann>"));
    assert_int_equal(filled(source, &p, made), OST_OK);
    assert_string_equal(made, "Sign In|Signed in as <b>&lt;ann&gt;</b>|Signed in as {0}");

    /* What a realm says is text, and no template either. */
    assert_int_equal(ost_json_read(OST_TEXT("{\"de\":{\"doLogIn\":\"<i>\\\"{{title}}\","
                                            "\"signedInAs\":\"<u>{0}''s {1} '{0}' {{title}}\"}}"),
                                   NULL, arena, &texts, NULL),
                     OST_OK);
    page_words_make(OST_TEXT("de"), texts, &words);
    p.words = &words;
    assert_int_equal(filled(source, &p, made), OST_OK);
    assert_string_equal(made, "&lt;i&gt;&quot;{{title}}|"
                              "&lt;u&gt;<b>&lt;ann&gt;</b>&#39;s {1} {0} {{title}}|"
                              "&lt;u&gt;{0}&#39;s {1} {0} {{title}}");
    ost_arena_free(arena);
}

static void languages_are_rows_of_their_own(void **state)
{
    const page_row tags[] = {{{{PAGE_ROW_TAG, OST_TEXT("de")}}},
                             {{{PAGE_ROW_TAG, OST_TEXT("en")}, {PAGE_ROW_CURRENT, OST_TEXT("1")}}}};
    char made[1000];
    const page p = {.languages = tags, .language_count = 2};
    (void)state;
    assert_int_equal(
        filled("{{#languages}}{{tag}}{{#current}}!{{/current}} {{/languages}}{{#rows}}row{{/rows}}",
               &p, made),
        OST_OK);
    assert_string_equal(made, "de en! ");
}

static void mistakes_in_templates(void **state)
{
    static const char *const wrong[] = {
        "{{nobody}}",
        "{{title",
        "{{title}",
        "{{#title}}",
        "{{#title}}{{/other}}",
        "{{/title}}",
        "{{{title}}}",
        "{{}}",
        "{{>nothing}}",
        "{{wrong}}",
        "{{rows}}",
        "{{ title }}",
        "{{#error}}{{/error}",
        "{{#nobody}}{{/nobody}}",
        "{{.nobody}}",
        "{{.}}",
        "{{@nobody}}{{/nobody}}",
        "{{@signedInAs}}{{title}}",
        "{{@signedInAs}}{{nobody}}{{/signedInAs}}",
    };
    char made[1000];
    page p = {0};
    (void)state;
    page_put(&p, PAGE_TITLE, OST_TEXT("t"));
    page_put_flag(&p, PAGE_ERROR, true);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        if (filled(wrong[i], &p, made) != OST_E_FORMAT)
            fail_msg("%s", wrong[i]);
    }
}

/* Each section of the page is taken, with and without values. */
static void fill_whole(page_template template, const page_words *words, bool full)
{
    const page_row row = {{{PAGE_ROW_NAME, OST_TEXT("n")}}};
    page p = {.template = template,
              .rows = &row,
              .row_count = full ? 1 : 0,
              .languages = &row,
              .language_count = full ? 1 : 0,
              .words = words};
    for (unsigned field = 0; full && field < PAGE_FIELDS; field++) {
        if (field != PAGE_LANGUAGE && field != PAGE_RIGHT_TO_LEFT)
            p.values[field] = OST_TEXT("marked");
    }
    ost_arena *arena = ost_arena_new(1 << 20);
    buffer_auto buffer b;
    buffer_init(&b, 1 << 20);
    assert_non_null(arena);
    assert_int_equal(page_fill(&p, arena, &b), OST_OK);
    assert_int_equal(b.failed, OST_OK);
    assert_true(text_starts(buffer_text(&b), "<!DOCTYPE html>\n<html lang=\"en\">"));
    assert_true(text_ends(buffer_text(&b), "</html>\n"));
    assert_null(strstr(b.data, "{{"));
    ost_arena_free(arena);
}

static void our_own_templates(void **state)
{
    (void)state;
    for (size_t i = 0; i < page_language_count; i++) {
        page_words words;
        page_words_make(text_of(page_languages[i].tag), NULL, &words);
        for (unsigned template = 0; template <PAGE_TEMPLATES; template ++) {
            fill_whole((page_template) template, &words, false);
            fill_whole((page_template) template, &words, true);
        }
    }
}

/* Which fields there are, and which the templates ask for, is one list. */
static void every_field_is_used(void **state)
{
    (void)state;
    for (unsigned field = 0; field < PAGE_FIELDS; field++) {
        char tag[64], section[64];
        bool used = false;
        assert_non_null(page_fields[field].name);
        snprintf(tag, sizeof tag, "{{%s}}", page_fields[field].name);
        snprintf(section, sizeof section, "{{#%s}}", page_fields[field].name);
        for (unsigned template = 0; template <= PAGE_TEMPLATES + 1; template ++) {
            ost_text source = template <PAGE_TEMPLATES ? page_body((page_template) template).text
                                        : template == PAGE_TEMPLATES ? page_frame().text
                                                                     : page_menu().text;
            used |= memmem(source.data, source.len, tag, strlen(tag)) != NULL ||
                    memmem(source.data, source.len, section, strlen(section)) != NULL;
        }
        if (!used)
            fail_msg("no template has %s", page_fields[field].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_escaped_and_never_read_again),
        cmocka_unit_test(sections),
        cmocka_unit_test(rows_repeat),
        cmocka_unit_test(messages),
        cmocka_unit_test(languages_are_rows_of_their_own),
        cmocka_unit_test(mistakes_in_templates),
        cmocka_unit_test(our_own_templates),
        cmocka_unit_test(every_field_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
