/* The JSON reader against a table of documents and against jansson in its strict mode, input by
 * input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <ostiary/json.h>

#include "context.h"
#include "text.h"

static ost_arena *arena;

static ost_result read_bytes(const char *data, size_t len, const ost_json **ret)
{
    ost_arena_reset(arena);
    return ost_json_read((ost_text){data, len}, NULL, arena, ret, NULL);
}

static bool is_accepted(const char *data, size_t len)
{
    const ost_json *value;
    return read_bytes(data, len, &value) == OST_OK;
}

static bool jansson_accepts(const char *data, size_t len)
{
    json_error_t error;
    json_t *value = json_loadb(data, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    json_decref(value);
    return value != NULL;
}

/* JSONTestSuite's kinds: y_ must be read, n_ must not, i_ is each reader's own choice. */
static const struct {
    const char *text;
    bool accepted;
} documents[] = {
    {"{}", true},
    {"[]", true},
    {" \t\r\n[ ]\n", true},
    {"null", true},
    {"true", true},
    {"\"\"", true},
    {"0", true},
    {"-0", true},
    {"-0.0e-0", true},
    {"1E+2", true},
    {"1e-400", true},
    {"[1,2,3]", true},
    {"{\"a\":{\"b\":[{}]}}", true},
    {"{\"\":0}", true},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", true},
    {"\"\\u00e9\\uD83D\\uDE00\"", true},
    {"\"\xc3\xa9\xf0\x9f\x98\x80\"", true},
    {"\"\\u0001\"", true},
    {"\"\x7f\"", true},
    {"9007199254740993", true},
    {"[1.7976931348623157e308]", true},
    {"", false},
    {" ", false},
    {"\xef\xbb\xbf{}", false},
    {"{", false},
    {"[", false},
    {"[1,", false},
    {"[1,]", false},
    {"[,1]", false},
    {"[1 2]", false},
    {"[1]]", false},
    {"{}x", false},
    {"{\"a\"}", false},
    {"{\"a\":}", false},
    {"{\"a\":1,}", false},
    {"{,}", false},
    {"{a:1}", false},
    {"{'a':1}", false},
    {"{1:1}", false},
    {"{\"a\":1 \"b\":2}", false},
    {"{\"a\":1,\"a\":1}", false},
    {"{\"a\":1,\"\\u0061\":2}", false},
    {"tru", false},
    {"True", false},
    {"nul", false},
    {"NaN", false},
    {"Infinity", false},
    {"-", false},
    {"+1", false},
    {"01", false},
    {"-01", false},
    {"1.", false},
    {".5", false},
    {"1e", false},
    {"1e+", false},
    {"0x10", false},
    {"1e400", false},
    {"-1e400", false},
    {"\"", false},
    {"\"\\", false},
    {"\"\\\"", false},
    {"\"\\x\"", false},
    {"\"\\u12\"", false},
    {"\"\\u12G4\"", false},
    {"\"\\uD800\"", false},
    {"\"\\uDC00\"", false},
    {"\"\\uD800\\u0041\"", false},
    {"\"\\uD800\\uD800\"", false},
    {"\"\\u0000\"", false},
    {"\"a\tb\"", false},
    {"\"a\nb\"", false},
    {"\"\x80\"", false},
    {"\"\xc0\x80\"", false},
    {"\"\xed\xa0\x80\"", false},
    {"\"\xf4\x90\x80\x80\"", false},
    {"\"\xe2\x82\"", false},
    {"/**/{}", false},
    {"[1]//", false},
    {"\xff", false},
};
#define DOCUMENTS (sizeof documents / sizeof documents[0])

static void documents_are_read_as_stated(void **state)
{
    (void)state;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        bool accepted = is_accepted(documents[i].text, strlen(documents[i].text));
        if (accepted != documents[i].accepted)
            fail_msg("%s: %s", documents[i].text, accepted ? "accepted" : "refused");
    }
}

/* Expected deviations. Integers beyond 64 bits are an error of jansson, a rounded double here; a
 * NUL byte behind the document is taken by jansson for its end, and refused here. */
static bool may_differ(const char *data, size_t len)
{
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        digits = data[i] >= '0' && data[i] <= '9' ? digits + 1 : 0;
        if (digits >= 18 || data[i] == '\0')
            return true;
    }
    return false;
}

static void compare(const char *data, size_t len)
{
    bool ours = is_accepted(data, len), theirs = jansson_accepts(data, len);
    if (ours != theirs && !may_differ(data, len))
        fail_msg("%.*s: %s, by jansson %s", (int)len, data, ours ? "accepted" : "refused",
                 theirs ? "accepted" : "refused");
}

static uint32_t dice = 12345;

static uint32_t throw_dice(uint32_t sides)
{
    dice = dice * 1664525 + 1013904223;
    return (dice >> 8) % sides;
}

/* Every document, cut everywhere, and thousands of one-byte changes. */
static void agrees_with_jansson(void **state)
{
    static const char interesting[] = "{}[]\",:\\u0e1-+.tfn \t\n\0\x7f\x80\xc3\xed\xf0";
    (void)state;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        size_t len = strlen(documents[i].text);
        for (size_t cut = 0; cut <= len; cut++)
            compare(documents[i].text, cut);
        for (int round = 0; round < 400; round++) {
            char copy[128];
            size_t size = len;
            memcpy(copy, documents[i].text, len);
            for (uint32_t change = throw_dice(3) + 1; change > 0; change--) {
                char byte = interesting[throw_dice(sizeof interesting - 1)];
                uint32_t at = throw_dice((uint32_t)size + 1);
                if (throw_dice(2) == 0 && size < sizeof copy) {
                    memmove(copy + at + 1, copy + at, size - at);
                    size++;
                } else if (at == size) {
                    continue;
                }
                copy[at] = byte;
            }
            compare(copy, size);
        }
    }
}

static void depth_and_size_have_ceilings(void **state)
{
    const ost_json *value;
    const ost_json_limits limits = {.max_bytes = 10, .max_values = 3};
    char deep[200];
    (void)state;
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    assert_int_equal(read_bytes(deep, 200, &value), OST_E_CEILING);
    assert_true(is_accepted(deep + 68, 64));
    assert_false(is_accepted(deep + 67, 66));
    ost_arena_reset(arena);
    assert_int_equal(ost_json_read(OST_TEXT("[1,2,3,4,5]"), &limits, arena, &value, NULL),
                     OST_E_CEILING);
    assert_int_equal(ost_json_read(OST_TEXT("[1,2,3]"), &limits, arena, &value, NULL),
                     OST_E_CEILING);
}

static void many_names_are_compared_quickly(void **state)
{
    const ost_json_limits limits = {.max_bytes = 4u << 20};
    const ost_json *value;
    ost_arena *large = ost_arena_new((size_t)64 << 20);
    char *text = malloc(2u << 20);
    size_t len = 0;
    (void)state;
    text[len++] = '{';
    for (int i = 0; i < 60000; i++)
        len += (size_t)snprintf(text + len, 40, "%s\"name%d\":%d", i > 0 ? "," : "", i, i);
    text[len] = '}';
    assert_int_equal(ost_json_read((ost_text){text, len + 1}, &limits, large, &value, NULL),
                     OST_OK);
    assert_int_equal(ost_json_count(value), 60000);
    len += (size_t)snprintf(text + len, 40, ",\"name7\":0}");
    ost_arena_reset(large);
    assert_int_equal(ost_json_read((ost_text){text, len}, &limits, large, &value, NULL),
                     OST_E_JSON);
    free(text);
    ost_arena_free(large);
}

static void numbers_keep_their_value(void **state)
{
    const ost_json *value;
    int64_t integer;
    double number;
    (void)state;
    assert_int_equal(read_bytes("[9007199254740992,9007199254740993,1.0,1e3,1.5,-7]", 50, &value),
                     OST_OK);
    const ost_json *at = ost_json_first(value);
    assert_true(ost_json_integer(at, &integer) && integer == 9007199254740992);
    at = ost_json_next(at);
    assert_false(ost_json_integer(at, &integer));
    at = ost_json_next(at);
    assert_true(ost_json_integer(at, &integer) && integer == 1);
    at = ost_json_next(at);
    assert_true(ost_json_integer(at, &integer) && integer == 1000);
    at = ost_json_next(at);
    assert_false(ost_json_integer(at, &integer));
    assert_true(ost_json_number(at, &number) && number > 1.4 && number < 1.6);
    at = ost_json_next(at);
    assert_true(ost_json_integer(at, &integer) && integer == -7);
}

static void errors_say_where(void **state)
{
    const ost_json *value;
    ost_error error = {0};
    (void)state;
    ost_arena_reset(arena);
    assert_int_equal(
        ost_json_read(OST_TEXT("{\n \"a\": 1,\n \"b\": x}"), NULL, arena, &value, &error),
        OST_E_JSON);
    assert_non_null(strstr(error.detail, "line 3"));
}

static void every_allocation_may_fail(void **state)
{
    static const char text[] = "{\"a\":[1,2,{\"b\":\"\\u00e9\"}],\"c\":null}";
    ost_result result = OST_E_MEMORY;
    (void)state;
    for (uint64_t n = 1; result != OST_OK; n++) {
        const ost_json *value;
        assert_true(n < 1000);
        memory_fail_at(n);
        ost_arena *small = ost_arena_new(1 << 20);
        result = small == NULL
                     ? OST_E_MEMORY
                     : ost_json_read((ost_text){text, sizeof text - 1}, NULL, small, &value, NULL);
        memory_fail_at(0);
        assert_true(result == OST_OK || result == OST_E_MEMORY);
        ost_arena_free(small);
    }
}

static int setup(void **state)
{
    (void)state;
    arena = ost_arena_new(1 << 22);
    return arena != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_read_as_stated),
        cmocka_unit_test(agrees_with_jansson),
        cmocka_unit_test(depth_and_size_have_ceilings),
        cmocka_unit_test(many_names_are_compared_quickly),
        cmocka_unit_test(numbers_keep_their_value),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("base-json_reader", tests, setup, teardown);
}
