/* SPDX-License-Identifier: Apache-2.0 */
/* Templates: what stays, what is escaped, what is shown when; and that each of ours is whole. */
#include "page/page_fill.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "page/page.h"
#include "page/page_files.h"
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

/* Each section of each page is taken, with and without values. */
static void our_own_templates(void **state)
{
    const page_row row = {{{PAGE_ROW_NAME, OST_TEXT("n")}}};
    (void)state;
    for (unsigned template = 0; template <PAGE_TEMPLATES; template ++) {
        for (int full = 0; full < 2; full++) {
            page p = {
                .template = (page_template) template, .rows = &row, .row_count = (size_t)full};
            for (unsigned field = 0; full && field < PAGE_FIELDS; field++)
                p.values[field] = OST_TEXT("marked");
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
        for (unsigned template = 0; template <= PAGE_TEMPLATES; template ++) {
            ost_text source = template <PAGE_TEMPLATES ? page_body((page_template) template).text
                                                       : page_frame().text;
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
        cmocka_unit_test(mistakes_in_templates),
        cmocka_unit_test(our_own_templates),
        cmocka_unit_test(every_field_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
