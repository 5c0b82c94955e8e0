/* Log lines: one each, whatever a client sends. */
#include "request_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ostiary/json.h>
#include <string.h>

#include "text.h"

#define NOW 1800000000123

static const http_request request = {.method_name = OST_TEXT("GET"),
                                     .path = OST_TEXT("/items/"),
                                     .query = OST_TEXT("code=secret"),
                                     .request_id = OST_TEXT("7f")};

static void a_line(void **state)
{
    (void)state;
    const http_log_entry entry = {.request = &request,
                                  .status = 200,
                                  .body_bytes = 53,
                                  .duration_us = 812,
                                  .peer = OST_TEXT("127.0.0.1"),
                                  .subject = OST_TEXT("alice")};
    char line[1000];
    size_t len = request_log_format(&entry, NOW, false, line, sizeof line);
    assert_true(text_is((ost_text){line, len},
                        "2027-01-15T08:00:00.123Z peer=\"127.0.0.1\" method=\"GET\" "
                        "path=\"/items/\" status=200 bytes=53 us=812 subject=\"alice\" "
                        "request=\"7f\"\n"));
    len = request_log_format(&entry, NOW, true, line, sizeof line);
    assert_true(text_is((ost_text){line, len},
                        "{\"time\":\"2027-01-15T08:00:00.123Z\",\"peer\":\"127.0.0.1\","
                        "\"method\":\"GET\",\"path\":\"/items/\",\"status\":200,\"bytes\":53,"
                        "\"us\":812,\"subject\":\"alice\",\"request\":\"7f\"}\n"));
}

static void nothing_breaks_the_line(void **state)
{
    (void)state;
    const ost_text hostile[] = {
        OST_TEXT("a\nb"),     OST_TEXT("a\"b\\c"),   OST_TEXT("\x1b[31m\x7f"),
        OST_TEXT("\xff\xc3"), OST_TEXT("h\xc3\xa9"), {"a\0b", 3},
    };
    ost_arena *arena = ost_arena_new(1 << 20);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        http_request evil = request;
        evil.path = hostile[i];
        const http_log_entry entry = {
            .request = &evil, .subject = hostile[i], .reason = hostile[i], .peer = hostile[i]};
        char line[REQUEST_LOG_LINE];
        for (int json = 0; json < 2; json++) {
            size_t len = request_log_format(&entry, NOW, json == 1, line, sizeof line);
            for (size_t k = 0; k + 1 < len; k++)
                assert_true((unsigned char)line[k] >= 0x20 && line[k] != 0x7f);
            assert_int_equal(line[len - 1], '\n');
            const ost_json *read;
            if (json == 1)
                assert_int_equal(ost_json_read((ost_text){line, len}, NULL, arena, &read, NULL),
                                 OST_OK);
        }
    }
    ost_arena_free(arena);
}

static void long_values_are_cut(void **state)
{
    (void)state;
    char large[9000], line[REQUEST_LOG_LINE];
    ost_arena *arena = ost_arena_new(1 << 20);
    const ost_json *read;
    memset(large, '\x01', sizeof large);
    const ost_text worst = {large, sizeof large};
    const http_request evil = {.method_name = worst, .path = worst, .request_id = worst};
    const http_log_entry entry = {
        .request = &evil, .peer = worst, .subject = worst, .reason = worst};
    /* Whatever comes, the line is whole. */
    size_t len = request_log_format(&entry, NOW, true, line, sizeof line);
    assert_int_equal(ost_json_read((ost_text){line, len}, NULL, arena, &read, NULL), OST_OK);
    /* A small buffer is not written past. */
    for (size_t size = 16; size < sizeof line; size *= 2) {
        memset(line, '~', sizeof line);
        len = request_log_format(&entry, NOW, true, line, size);
        assert_true(len <= size);
        assert_int_equal(line[len - 1], '\n');
        assert_int_equal(line[len], '~');
    }
    ost_arena_free(arena);
}

static void no_request(void **state)
{
    (void)state;
    const http_log_entry entry = {.status = 400, .reason = OST_TEXT("bad")};
    char line[1000];
    size_t len = request_log_format(&entry, NOW, false, line, sizeof line);
    assert_true(text_is((ost_text){line, len},
                        "2027-01-15T08:00:00.123Z status=400 bytes=0 us=0 reason=\"bad\"\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line),
        cmocka_unit_test(nothing_breaks_the_line),
        cmocka_unit_test(long_values_are_cut),
        cmocka_unit_test(no_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
