/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON reader and writer against a table of documents, and against jansson in its strict mode:
 * the table, cut everywhere and changed at random, and thousands of grown documents. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/array.h"
#include "base/text.h"
#include "json_peer.h"
#include "test_arena.h"

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
    {"[\"\\u00A9 \\u2028 \\uFFFF \\uDBFF\\uDFFF\"]", true},
    {"\"\xef\xbf\xbf\xf4\x8f\xbf\xbf\xe2\x80\xa8\"", true},
    {"{\"a\":1,\"A\":2,\"a \":3}", true},
    {"[[],{},[[]],[{}],\"\",0,null]", true},
    {"123456789012345678901234567890", true},
    {"-9223372036854775808", true},
    {"-9223372036854775809", true},
    {"[0.1,1e-7,123.456e78,-1E-2,2e+2]", true},
    {"0e99999", true},
    {"[5e-324,2.2250738585072011e-308]", true},
    {"\r\n\"x\"\t", true},
    {"\f{}", false},
    {"\v[]", false},
    {"\xc2\xa0{}", false},
    {"{}\xef\xbb\xbf", false},
    {"[1}", false},
    {"{\"a\":1]", false},
    {"]", false},
    {":", false},
    {",", false},
    {"[\"a\",,\"b\"]", false},
    {"[\"a\":1]", false},
    {"{\"a\",\"b\"}", false},
    {"{\"a\":1,\"b\"}", false},
    {"{\"a\"::1}", false},
    {"{null:1}", false},
    {"{[]:1}", false},
    {"{\"\":1,\"\":2}", false},
    {"{\"x\":{\"a\":1,\"b\":2,\"a\":3}}", false},
    {"{\"\xc3\xa9\":1,\"\\u00e9\":2}", false},
    {"nullx", false},
    {"[nul]", false},
    {"[true false]", false},
    {"--1", false},
    {"-a", false},
    {"0.", false},
    {"-.1", false},
    {"1.e1", false},
    {"1e1.5", false},
    {"1e", false},
    {"0e", false},
    {"1_000", false},
    {"1,2", false},
    {"[1e400]", false},
    {"[-1.8e308]", false},
    {"\"\\u\"", false},
    {"\"\\u00\\u00\"", false},
    {"\"\\uD83D\\n\"", false},
    {"\"\\uD83Dx\"", false},
    {"\"\\uDE00\\uD83D\"", false},
    {"\"\\U0041\"", false},
    {"\"\\'\"", false},
    {"\"\\\x01\"", false},
    {"\"\\\xc3\xa9\"", false},
    {"\"\xf0\x9f\x98\"", false},
    {"\"\xe0\x80\x80\"", false},
    {"\"\xf8\x88\x80\x80\x80\"", false},
    {"'a'", false},
    {"`a`", false},
    {"{\"a\":\"b}", false},
    {"<html>", false},
};
#define DOCUMENTS (ARRAY_LEN(documents))

static ost_result read_it(ost_text document)
{
    const ost_json *value;
    ost_arena_reset(arena);
    return ost_json_read(document, NULL, arena, &value, NULL);
}

static void documents_are_read_as_stated(void **state)
{
    for (size_t i = 0; i < DOCUMENTS; i++) {
        bool accepted = read_it(text_of(documents[i].text)) == OST_OK;
        if (accepted != documents[i].accepted)
            fail_msg("%s: %s", documents[i].text, accepted ? "accepted" : "refused");
    }
}

static void compare(const char *data, size_t len)
{
    const char *problem = peer_disagreement((ost_text){data, len}, arena);
    if (problem == NULL)
        problem = peer_round_trip((ost_text){data, len}, arena);
    if (problem != NULL)
        fail_msg("%.*s: %s", (int)len, data, problem);
}

/* All there is that differs, with the reasons of json_peer.c. */
static void differs_from_jansson_only_on_purpose(void **state)
{
    static const struct {
        ost_text text;
        ost_result ours;
        bool theirs;
    } different[] = {
        {{"9223372036854775808", 19}, OST_OK, false},  /* a double, where jansson has none */
        {{"-9223372036854775809", 20}, OST_OK, false}, /* the same */
        {{"1\0", 2}, OST_E_JSON, true},                /* it overlooks a NUL there */
        {{"[1\0]", 4}, OST_E_JSON, true},
        {{"[1]\0", 4}, OST_E_JSON, false},
    };
    char deep[66], digits[500] = "0.";
    memset(deep, '[', 33);
    memset(deep + 33, ']', 33);
    memset(digits + 2, '3', 399);
    for (size_t i = 0; i < ARRAY_LEN(different); i++) {
        json_t *theirs = json_loadb(different[i].text.data, different[i].text.len,
                                    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
        assert_int_equal(read_it(different[i].text), different[i].ours);
        assert_int_equal(theirs != NULL, different[i].theirs);
        json_decref(theirs);
    }
    assert_int_equal(read_it((ost_text){deep, 66}), OST_E_CEILING);
    assert_int_equal(read_it((ost_text){deep + 1, 64}), OST_OK);
    assert_int_equal(read_it((ost_text){digits, 401}), OST_E_CEILING);
    assert_int_equal(read_it((ost_text){digits, 400}), OST_OK);
}

static uint32_t dice = 12345;

static uint32_t throw_dice(uint32_t sides)
{
    dice = dice * 1664525 + 1013904223;
    return (dice >> 8) % sides;
}

/* One to three bytes of `text` replaced or put between; returns the new length. */
static size_t change(char *text, size_t len, size_t size)
{
    static const char interesting[] = "{}[]\",:\\u0e1-+.tfn \t\n\0\x7f\x80\xc3\xed\xf0";
    for (uint32_t changes = throw_dice(3) + 1; changes > 0; changes--) {
        char byte = interesting[throw_dice(sizeof interesting - 1)];
        uint32_t at = throw_dice((uint32_t)len + 1);
        if (throw_dice(2) == 0 && len < size) {
            memmove(text + at + 1, text + at, len - at);
            len++;
        } else if (at == len) {
            continue;
        }
        text[at] = byte;
    }
    return len;
}

static void agrees_about_the_table_cut_and_changed(void **state)
{
    for (size_t i = 0; i < DOCUMENTS; i++) {
        size_t len = strlen(documents[i].text);
        for (size_t cut = 0; cut <= len; cut++)
            compare(documents[i].text, cut);
        for (int round = 0; round < 300; round++) {
            char copy[128];
            memcpy(copy, documents[i].text, len);
            compare(copy, change(copy, len, sizeof copy));
        }
    }
}

typedef struct grown {
    char text[4096];
    size_t len;
} grown;

static void add(grown *g, const char *text)
{
    size_t len = strlen(text);
    assert_true(len <= sizeof g->text - g->len);
    memcpy(g->text + g->len, text, len);
    g->len += len;
}

static void add_space(grown *g)
{
    static const char *const spaces[] = {"", "", "", "", " ", "\n", "\t", " \r\n "};
    add(g, spaces[throw_dice(8)]);
}

static void grow_string(grown *g)
{
    static const char *const parts[] = {
        "a",    "bc",   "name",    "0123456789abcdef", "\\n",      "\\\"",
        "\\\\", "\\/",  "\\u00e9", "\\ud83d\\ude00",   "\xc3\xa9", "\xf0\x9f\x98\x80",
        " ",    "\x7f", "\\u001f", "\\u0041"};
    add(g, "\"");
    for (uint32_t left = throw_dice(5); left > 0; left--)
        add(g, parts[throw_dice(ARRAY_LEN(parts))]);
    add(g, "\"");
}

static void grow_number(grown *g)
{
    char number[64];
    snprintf(number, sizeof number, "%s%u", throw_dice(3) == 0 ? "-" : "", throw_dice(1000000));
    add(g, number);
    for (uint32_t zeros = throw_dice(4) == 0 ? throw_dice(18) : 0; zeros > 0; zeros--)
        add(g, throw_dice(8) == 0 ? "7" : "0");
    if (throw_dice(3) == 0) {
        snprintf(number, sizeof number, ".%0*u", (int)throw_dice(12) + 1, throw_dice(1000));
        add(g, number);
    }
    if (throw_dice(4) == 0) {
        static const char *const signs[] = {"e", "E+", "e-"};
        snprintf(number, sizeof number, "%s%u", signs[throw_dice(3)], throw_dice(320));
        add(g, number);
    }
}

static void grow_value(grown *g, uint32_t depth)
{
    static const char *const literals[] = {"null", "true", "false"};
    uint32_t kind = throw_dice(depth > 5 || g->len > 1500 ? 4 : 8);
    add_space(g);
    if (kind < 2) {
        grow_string(g);
    } else if (kind == 2) {
        grow_number(g);
    } else if (kind == 3) {
        add(g, literals[throw_dice(3)]);
    } else {
        bool object = kind > 5;
        add(g, object ? "{" : "[");
        for (uint32_t left = throw_dice(throw_dice(6) == 0 ? 32 : 5), at = 0; at < left; at++) {
            char name[32];
            add_space(g);
            /* Seldom the same again, mostly another. */
            snprintf(name, sizeof name, "%s\"%u", at > 0 ? "," : "", throw_dice(60) == 0 ? 0 : at);
            if (object) {
                add(g, name);
                add(g, throw_dice(2) == 0 ? "\":" : "\" : ");
            } else if (at > 0) {
                add(g, ",");
            }
            grow_value(g, depth + 1);
        }
        add(g, object ? "}" : "]");
    }
    add_space(g);
}

static void agrees_about_grown_documents(void **state)
{
    static grown g;
    size_t good = 0;
    for (int round = 0; round < 4000; round++) {
        g.len = 0;
        grow_value(&g, 0);
        good += read_it((ost_text){g.text, g.len}) == OST_OK;
        compare(g.text, g.len);
        compare(g.text, throw_dice((uint32_t)g.len + 1));
        compare(g.text, change(g.text, g.len, sizeof g.text));
    }
    assert_in_range(good, 3000, 3999); /* some are bad, and few */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_read_as_stated),
        cmocka_unit_test(differs_from_jansson_only_on_purpose),
        cmocka_unit_test(agrees_about_the_table_cut_and_changed),
        cmocka_unit_test(agrees_about_grown_documents),
    };
    return cmocka_run_group_tests_name("base-json_agreement", tests, open_arena, close_arena);
}
