/* SPDX-License-Identifier: Apache-2.0 */
/* Strings and names of JSON: what is special is found at every offset, whatever the width at which
 * the reader looks. */
#include <stdio.h>
#include <string.h>

#include <ostiary/json.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define FILLER "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"

static ost_result read(ost_text document, ost_arena *arena, const ost_json **ret_value)
{
    ost_arena_reset(arena);
    return ost_json_read(document, NULL, arena, ret_value, NULL);
}

/* `inside` after each number of ordinary characters, before each number of them. */
static void check_everywhere(const char *inside, size_t inside_len, ost_result expected,
                             const char *meaning)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    for (size_t before = 0; before < 40; before++) {
        for (size_t after = 0; after < 20; after += 19) {
            char document[256], wanted[256];
            ost_text text;
            const ost_json *value;
            size_t len = (size_t)snprintf(document, sizeof document, "\"%.*s", (int)before, FILLER);
            memcpy(document + len, inside, inside_len);
            len += inside_len;
            len += (size_t)snprintf(document + len, sizeof document - len, "%.*s\"", (int)after,
                                    FILLER);
            assert_int_equal(read((ost_text){document, len}, arena, &value), expected);
            if (expected != OST_OK)
                continue;
            snprintf(wanted, sizeof wanted, "%.*s%s%.*s", (int)before, FILLER, meaning, (int)after,
                     FILLER);
            assert_true(ost_json_text(value, &text));
            assert_true(text_is(text, wanted));
        }
    }
    ost_arena_free(arena);
}

static void good_strings(void **state)
{
    check_everywhere("", 0, OST_OK, "");
    check_everywhere("\\\"", 2, OST_OK, "\"");
    check_everywhere("\\\\", 2, OST_OK, "\\");
    check_everywhere("\\u00e4", 6, OST_OK, "\xC3\xA4");
    check_everywhere("\xC3\xA4\xE2\x82\xAC", 5, OST_OK, "\xC3\xA4\xE2\x82\xAC");
    check_everywhere("\xF0\x9F\x98\x80\\n\x7F", 7, OST_OK, "\xF0\x9F\x98\x80\n\x7F");
}

static void attack_20_bad_strings(void **state)
{
    for (int byte = 0; byte < 0x20; byte++) {
        char control = (char)byte;
        check_everywhere(&control, 1, OST_E_JSON, NULL);
    }
    for (int byte = 0x80; byte < 0x100; byte++) {
        char alone = (char)byte;
        check_everywhere(&alone, 1, OST_E_UTF8, NULL);
    }
    check_everywhere("\\u0000", 6, OST_E_JSON, NULL);
    check_everywhere("\\ud800", 6, OST_E_JSON, NULL);
    check_everywhere("\\udc00", 6, OST_E_JSON, NULL);
    check_everywhere("\\x", 2, OST_E_JSON, NULL);
    check_everywhere("\"", 1, OST_E_JSON, NULL); /* something follows the document */
}

static void unfinished_strings(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    const ost_json *value;
    for (size_t len = 0; len < 50; len++) {
        char document[64];
        size_t all = (size_t)snprintf(document, sizeof document, "\"%.*s", (int)len, FILLER);
        assert_int_equal(read((ost_text){document, all}, arena, &value), OST_E_JSON);
        document[all] = '\\';
        assert_int_equal(read((ost_text){document, all + 1}, arena, &value), OST_E_JSON);
    }
    ost_arena_free(arena);
}

/* Every pair of positions among few and among many members. */
static void attack_20_duplicate_names(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    const ost_json *value;
    static const size_t counts[] = {2, 3, 24, 25, 30};
    for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
        for (size_t a = 0; a < counts[c]; a++) {
            for (size_t b = a; b < counts[c]; b++) {
                char document[1024] = "{";
                size_t len = 1;
                for (size_t i = 0; i < counts[c]; i++) {
                    len += (size_t)snprintf(document + len, sizeof document - len, "%s\"n%zu\":%zu",
                                            i > 0 ? "," : "", i == b ? a : i, i);
                }
                document[len++] = '}';
                assert_int_equal(read((ost_text){document, len}, arena, &value),
                                 a == b ? OST_OK : OST_E_JSON);
            }
        }
    }
    assert_int_equal(read(OST_TEXT("{\"\":1,\"\":2}"), arena, &value), OST_E_JSON);
    assert_int_equal(read(OST_TEXT("{\"a\":1,\"\\u0061\":2}"), arena, &value), OST_E_JSON);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_strings),
        cmocka_unit_test(attack_20_bad_strings),
        cmocka_unit_test(unfinished_strings),
        cmocka_unit_test(attack_20_duplicate_names),
    };
    return cmocka_run_group_tests_name("base-json_string", tests, NULL, NULL);
}
