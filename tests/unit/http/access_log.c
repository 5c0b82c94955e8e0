/* SPDX-License-Identifier: Apache-2.0 */
/* Access log lines: what is in them, what must never be. */
#include "http/log/access_log.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static char text[4097];

static const char *format(const http_log_entry *entry, bool json, size_t size)
{
    memset(text, 'X', sizeof text);
    size_t len = access_log_format(entry, "probe", 1700000000042, json, text, size);
    assert_true(len >= 1 && len <= size);
    assert_int_equal(text[len - 1], '\n');
    assert_null(memchr(text, '\n', len - 1)); /* one line */
    text[len] = '\0';
    return text;
}

static const char *format_request(const char *path, const char *query, bool json)
{
    static const http_field fields[] = {{{"user-agent", 10}, {"curl/7.88.1", 11}}};
    const http_request request = {
        .method_name = OST_TEXT("GET"),
        .path = text_of(path),
        .query = text_of(query),
        .version = 11,
        .fields = fields,
        .field_count = 1,
        .request_id = OST_TEXT("0123456789abcdef"),
    };
    const http_log_entry entry = {.request = &request,
                                  .status = 200,
                                  .body_bytes = 19,
                                  .duration_us = 52,
                                  .peer = OST_TEXT("192.0.2.1")};
    return format(&entry, json, 4096);
}

static void both_forms(void **state)
{
    assert_string_equal(
        format_request("/items/", "page=2", false),
        "time=2023-11-14T22:13:20.042Z program=\"probe\" peer=\"192.0.2.1\" method=\"GET\" "
        "path=\"/items/?page=2\" http=\"1.1\" status=200 bytes=19 us=52 "
        "request=\"0123456789abcdef\" agent=\"curl/7.88.1\"\n");
    assert_string_equal(
        format_request("/items/", "", true),
        "{\"time\":\"2023-11-14T22:13:20.042Z\",\"program\":\"probe\",\"peer\":\"192.0.2.1\","
        "\"method\":\"GET\",\"path\":\"/items/\",\"http\":\"1.1\",\"status\":200,"
        "\"bytes\":19,\"us\":52,\"request\":\"0123456789abcdef\","
        "\"agent\":\"curl/7.88.1\"}\n");
}

static void unreadable_request(void **state)
{
    const http_log_entry entry = {.status = 400,
                                  .peer = OST_TEXT("::1"),
                                  .subject = OST_TEXT("alice"),
                                  .reason = OST_TEXT("two Host fields")};
    assert_string_equal(
        format(&entry, false, 4096),
        "time=2023-11-14T22:13:20.042Z program=\"probe\" peer=\"::1\" status=400 bytes=0 us=0 "
        "subject=\"alice\" reason=\"two Host fields\"\n");
}

static void secrets_are_masked(void **state)
{
    static const char *const queries[] = {
        "code=SECRET",
        "a=b&state=SECRET&c=d",
        "c%6Fde=SECRET",
        "CODE=SECRET",
        "id_token_hint=SECRET",
        "access_token=SECRET&access_token=SECRET",
        "session_state=SECRET&iss=x",
        "code=SECRET=SECRET",
    };
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        const char *line = format_request("/auth", queries[i], i % 2 == 0);
        assert_null(strstr(line, "SECRET"));
        assert_non_null(strstr(line, "=***"));
    }
    assert_non_null(
        strstr(format_request("/auth", "a=b&state=S&c=d", false), "/auth?a=b&state=***&c=d"));
}

static void hostile_text_stays_in_its_quotes(void **state)
{
    const char *line = format_request("/a\"b\\c\nd\x1b[31m\x7f", "", true);
    assert_non_null(strstr(line, "/a\\\"b\\\\c\\u000ad\\u001b[31m\\u007f\""));
    assert_non_null(strstr(format_request("/\xc3\xa4", "", true), "/\xc3\xa4"));
    assert_non_null(strstr(format_request("/\xff", "", true), "\"/?\""));
    assert_non_null(strstr(format_request("/\xc2\x9b"
                                          "31m",
                                          "", true),
                           "\"/?\?31m\""));
}

static void long_values_are_cut(void **state)
{
    static char path[3000];
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    assert_int_equal(strspn(strstr(format_request(path, "", false), "path=") + 7, "a"), 511);
    for (size_t i = 510; i < 520; i++) { /* a cut character does not spoil the rest */
        memcpy(path + i, "\xe2\x82\xac", 3);
        assert_null(strchr(format_request(path, "", false), '?'));
        memcpy(path + i, "aaa", 3);
    }
}

/* C10: what turns the direction of a line is shown as what no terminal obeys; its neighbours stay.
 */
static void c10_directions_are_not_turned(void **state)
{
    static const char *const turning[] = {"\xe2\x80\xae", "\xe2\x80\xaa", "\xe2\x80\xa8",
                                          "\xe2\x81\xa6", "\xe2\x81\xa9", "\xe2\x80\x8f",
                                          "\xd8\x9c"};
    static const char *const harmless[] = {"\xe2\x80\xaf", "\xe2\x80\x90", "\xe2\x81\xa5",
                                           "\xe2\x82\xac", "\xd8\x9b"};
    char path[16] = "/a";
    for (size_t i = 0; i < ARRAY_LEN(turning); i++) {
        memcpy(path + 2, turning[i], strlen(turning[i]) + 1);
        assert_null(strstr(format_request(path, "", false), turning[i]));
        assert_null(strstr(format_request(path, "", true), turning[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
        memcpy(path + 2, harmless[i], strlen(harmless[i]) + 1);
        assert_non_null(strstr(format_request(path, "", false), harmless[i]));
    }
}

static void any_size_holds_a_line(void **state)
{
    const http_request request = {.method_name = OST_TEXT("GET"), .path = OST_TEXT("/\x01\x02")};
    const http_log_entry entry = {.request = &request, .peer = OST_TEXT("192.0.2.1")};
    for (size_t size = 2; size < 300; size++) {
        format(&entry, false, size);
        const char *json = format(&entry, true, size);
        if (size > 40)
            assert_int_equal(json[strlen(json) - 2], '}');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms),
        cmocka_unit_test(unreadable_request),
        cmocka_unit_test(secrets_are_masked),
        cmocka_unit_test(hostile_text_stays_in_its_quotes),
        cmocka_unit_test(long_values_are_cut),
        cmocka_unit_test(c10_directions_are_not_turned),
        cmocka_unit_test(any_size_holds_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
