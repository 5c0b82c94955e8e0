/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of the head of an answer. */

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "net/response_fields.h"
#include "test.h"

#define NOW 1795822425 /* Fri, 27 Nov 2026 23:33:45 GMT */

static response_fields seen(const char *line)
{
    response_fields fields;
    response_fields_init(&fields);
    response_fields_read(&fields, text_of(line), NOW);
    return fields;
}

static void g9_forms_of_max_age(void **state)
{
    static const struct {
        const char *value;
        long seconds;
    } all[] = {
        {"max-age=60", 60},
        {"max-age=\"60\"", 60},
        {"MAX-AGE=60", 60},
        {"public,max-age=60,must-revalidate", 60},
        {" public , max-age=60 ", 60},
        {"no-cache=\"x, max-age=5\", max-age=60", 60},
        {"x=\"\\\", max-age=5\", max-age=60", 60},
        {"max-age=60, max-age=30", 30},
        {"max-age=0", 0},
        {"s-maxage=60", -1},
        {"max-age", -1},
        {"max-age=", -1},
        {"max-age=\"", -1},
        {"max-age=-5", -1},
        {"max-age=5.5", -1},
        {"no-store", -1},
        {"x=\"max-age=5", -1},
        {"", -1},
        {",,,", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        char line[128];
        snprintf(line, sizeof line, "Cache-Control: %s\r\n", all[i].value);
        const response_fields fields = seen(line);
        if (response_fields_freshness(&fields) != all[i].seconds)
            fail_msg("%s", all[i].value);
    }
}

static void g9_age_is_taken_off(void **state)
{
    response_fields fields = seen("Cache-Control: max-age=600");
    response_fields_read(&fields, OST_TEXT("Age: 200\r\n"), NOW);
    assert_int_equal(response_fields_freshness(&fields), 400);
    response_fields_read(&fields, OST_TEXT("Age: 700"), NOW);
    assert_int_equal(response_fields_freshness(&fields), 0);
    response_fields_read(&fields, OST_TEXT("Age: x"), NOW);
    assert_int_equal(response_fields_freshness(&fields), 600);
    fields = seen("Age: 200");
    assert_int_equal(response_fields_freshness(&fields), -1);
}

static void g9_retry_after(void **state)
{
    assert_int_equal(seen("Retry-After: 120").retry_after, 120);
    assert_int_equal(seen("retry-after:0").retry_after, 0);
    assert_int_equal(seen("Retry-After: Fri, 27 Nov 2026 23:34:45 GMT").retry_after, 60);
    assert_int_equal(seen("Retry-After: Fri, 27 Nov 2026 23:32:45 GMT").retry_after, 0);
    assert_int_equal(seen("Retry-After: soon").retry_after, -1);
    assert_int_equal(seen("Retry-After: -1").retry_after, -1);
    assert_int_equal(seen("Retry-After:").retry_after, -1);
    assert_int_equal(seen("Retry-After").retry_after, -1);
}

/* 100 Continue and early hints say nothing of the answer. */
static void a_status_line_begins_anew(void **state)
{
    response_fields fields = seen("Cache-Control: max-age=600");
    response_fields_read(&fields, OST_TEXT("HTTP/1.1 200 OK\r\n"), NOW);
    assert_int_equal(response_fields_freshness(&fields), -1);
}

static void g1_the_coding_is_named(void **state)
{
    assert_string_equal(seen("Content-Encoding: br").coding, "br");
    assert_string_equal(seen("Content-Encoding: gzip, compress").coding, "compress");
    assert_string_equal(seen("Content-Encoding: a\x1b[31m").coding, "a?[31m");
    assert_int_equal(
        strlen(seen("Content-Encoding: 0123456789012345678901234567890123456789").coding), 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(g9_forms_of_max_age),    cmocka_unit_test(g9_age_is_taken_off),
        cmocka_unit_test(g9_retry_after),         cmocka_unit_test(a_status_line_begins_anew),
        cmocka_unit_test(g1_the_coding_is_named),
    };
    return cmocka_run_group_tests_name("net-response_fields", tests, NULL, NULL);
}
