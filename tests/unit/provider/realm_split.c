/* SPDX-License-Identifier: Apache-2.0 */
/* Realm files in pieces: the same verdict as the JSON reader's on the whole, whatever the portions
 * in which a file comes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/stream/user_reader.h"
#include "test.h"

typedef struct portions {
    ost_text text;
    size_t most;
} portions;

static ssize_t read_portion(void *user, uint64_t offset, char *into, size_t room)
{
    const portions *p = user;
    ost_text part = text_slice(p->text, offset < p->text.len ? (size_t)offset : p->text.len,
                               room < p->most ? room : p->most);
    if (part.len > 0)
        memcpy(into, part.data, part.len);
    return (ssize_t)part.len;
}

static ost_result split(ost_text text, size_t most, ost_arena *arena, realm_parts *ret_parts,
                        ost_error *error)
{
    portions p = {text, most};
    return realm_split((byte_source){read_portion, &p}, true, arena, ret_parts, error);
}

static void expect(const char *text, size_t len, bool good, size_t users)
{
    static const size_t portion_sizes[] = {1, 2, 7, 100000};
    const ost_json *whole;
    for (size_t i = 0; i < ARRAY_LEN(portion_sizes); i++) {
        ost_arena *arena = ost_arena_new((size_t)64 << 20);
        realm_parts parts;
        ost_error error = {0};
        ost_text all = {text, len};
        bool split_well = split(all, portion_sizes[i], arena, &parts, &error) == OST_OK;
        if (split_well != good)
            fail_msg("%s: %s", text, error.detail);
        assert_int_equal(ost_json_read(all, &realm_file_limits, arena, &whole, NULL) == OST_OK,
                         good);
        if (good) {
            assert_int_equal(parts.count, 1);
            assert_int_equal(parts.parts[0].user_count, users);
        }
        ost_arena_free(arena);
    }
}

static void good_texts_are_split(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t users;
    } rows[] = {
        {"{}", 0},
        {" { } ", 0},
        {"7", 0},
        {"{\"realm\":\"x\"}", 0},
        {"{\"users\":[]}", 0},
        {"{\"users\":[ ]}", 0},
        {"{\"users\":[{}]}", 1},
        {"{\"users\" : [ {\"a\":\"}],\\\"\"} , null , 3 ] , \"realm\" : \"x\" }", 3},
        {"{\"us\\u0065rs\":[{},{}]}", 2},
        {"{\"a\":{\"users\":[1,2]},\"users\":[[[]],\"a,b\"]}", 2},
        {"{\"users\":null}", 0},
        {"{\"users\":{\"a\":1}}", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect(rows[i].text, strlen(rows[i].text), true, rows[i].users);
}

static void bad_texts_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        " ",
        "{",
        "}",
        "{}}",
        "{} {}",
        "{\"users\":[}",
        "{\"users\":[1,]}",
        "{\"users\":[,1]}",
        "{\"users\":[1 2]}",
        "{\"users\":[1}",
        "{\"users\":[1]]",
        "{\"users\":[{\"a\":]}",
        "{\"users\":[{\"a\":1]]}",
        "{\"users\":[\"a]}",
        "{\"users\":[{]}}",
        "{\"users\":[1],}",
        "{\"users\":[1] \"a\":1}",
        "{\"users\":[1],\"users\":[2]}",
        "{\"users\":[1],\"us\\u0065rs\":null}",
        "{\"users\":[{\"a\":1,\"a\":2}]}",
        "{\"a\":1,\"users\":[],\"a\":2}",
        "{\"users\":[\"\\ud800\"]}",
        "{\"users\":[\"\xff\"]}",
        "{\"users\":[01]}",
        "{\"users\":[tru]}",
        "{users:[]}",
        "{\"users\" []}",
        "{\"users\"}",
        "{\"users",
        "{\"a\":1 2}",
        "{\"a\":1]",
        "{,}",
        "nul",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect(rows[i], strlen(rows[i]), false, 0);
    expect("{\"users\":[\0]}", 13, false, 0);
    expect("{\"users\":[]}\0", 13, false, 0);
}

static void depth_counts_from_the_outside(void **state)
{
    (void)state;
    char text[300];
    for (size_t depth = 60; depth <= 66; depth++) { /* the realm, the list and the user's own */
        size_t own = depth - 2;
        int len = snprintf(text, sizeof text, "{\"users\":[");
        memset(text + len, '[', own);
        memset(text + len + own, ']', own);
        snprintf(text + len + 2 * own, sizeof text - (size_t)len - 2 * own, "]}");
        expect(text, strlen(text), depth <= 64, 1);
    }
}

static void an_error_tells_the_place_in_the_file(void **state)
{
    (void)state;
    realm_parts parts;
    ost_error error = {0};
    ost_arena *arena = ost_arena_new((size_t)64 << 20);
    const char *text = "{\"users\":[\n{\"a\":1},\n{\"a\":tru}],\n\"b\":1}";
    assert_int_equal(split(text_of(text), 5, arena, &parts, &error), OST_E_JSON);
    assert_string_equal(error.detail,
                        "line 3, byte 25: a value is expected (column 6, in users[1].a)");
    assert_int_equal(split(OST_TEXT("\n{\"a\":1,\n\"a\":2}"), 5, arena, &parts, &error),
                     OST_E_JSON);
    assert_string_equal(error.detail,
                        "line 3, byte 9: an object has two members of the same name, \"a\" "
                        "(column 1)");
    ost_arena_free(arena);
}

static void a_long_user_is_refused_and_a_long_list_is_not(void **state)
{
    (void)state;
    realm_parts parts;
    ost_error error = {0};
    ost_arena *arena = ost_arena_new((size_t)64 << 20);
    size_t len = USER_MAX + 64;
    char *text = memory_alloc(len + 1);
    memset(text, ' ', len);
    memcpy(text, "{\"users\":[\"", 11);
    memset(text + 11, 'a', USER_MAX);
    memcpy(text + len - 3, "\"]}", 3);
    assert_int_equal(split((ost_text){text, len}, len, arena, &parts, &error), OST_E_CEILING);
    assert_non_null(strstr(error.detail, "a user of more than 4 MiB"));
    for (size_t i = 10; i < len - 3; i++) /* many small ones */
        text[i] = i % 2 == 0 ? '1' : ',';
    memcpy(text + len - 3 - (len - 3) % 2, "1]}", 3);
    assert_int_equal(split((ost_text){text, len - (len - 3) % 2}, len, arena, &parts, &error),
                     OST_OK);
    assert_true(parts.parts[0].user_count > USER_MAX / 2);
    assert_true(ost_arena_used(arena) < 4096); /* none of them is held */
    memory_free(text);
    ost_arena_free(arena);
}

static void no_allocation_is_taken_for_granted(void **state)
{
    (void)state;
    const ost_text text = OST_TEXT_INIT("[{\"realm\":\"x\",\"users\":[{\"a\":\"\\n\"}]},{}]");
    realm_parts parts;
    ost_result result = OST_E_MEMORY;
    for (uint64_t n = 1; result == OST_E_MEMORY; n++) {
        ost_arena *arena = ost_arena_new((size_t)1 << 20);
        memory_fail_at(n);
        result = split(text, 3, arena, &parts, NULL);
        memory_fail_at(0);
        ost_arena_free(arena);
    }
    assert_int_equal(result, OST_OK);
}

/* ---- files ---- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Reads all users of a file that is changed once the first has been read. */
static ost_result read_changed(const char *before, const char *after, size_t *ret_read,
                               ost_error *error)
{
    char path[] = "/tmp/ostiary-split-XXXXXX";
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    realm_parts parts;
    user_ranges ranges = {0};
    user_reader reader;
    const ost_json *user = NULL;
    close(mkstemp(path));
    write_file(path, before);
    user_range range = {.path = path, .shown = ""};
    assert_int_equal(realm_file_split(path, arena, &parts, &range.status, error), OST_OK);
    range.at = parts.parts[0].users_at;
    range.count = parts.parts[0].user_count;
    assert_int_equal(user_ranges_add(&ranges, &range, arena), OST_OK);
    user_reader_begin(&reader, &ranges);
    ost_result result = user_reader_next(&reader, arena, &user, error);
    if (after != NULL)
        write_file(path, after);
    for (*ret_read = 0; result == OST_OK && user != NULL; ++*ret_read)
        result = user_reader_next(&reader, arena, &user, error);
    user_reader_free(&reader);
    ost_arena_free(arena);
    unlink(path);
    return result;
}

static void a_file_that_changes_meanwhile_is_refused(void **state)
{
    (void)state;
    size_t read;
    ost_error error = {0};
    const char *text = "{\"users\":[{\"a\":1},null,{\"a\":2}]}";
    assert_int_equal(read_changed(text, NULL, &read, &error), OST_OK);
    assert_int_equal(read, 2);
    assert_int_equal(read_changed(text, "{\"users\":[{", &read, &error), OST_E_SYSTEM);
    assert_non_null(strstr(error.detail, "it has changed while it was read"));
    assert_int_equal(read_changed(text, "", &read, &error), OST_E_SYSTEM);
}

static void a_user_that_is_no_object_is_told(void **state)
{
    (void)state;
    size_t read;
    ost_error error = {0};
    assert_int_equal(read_changed("{\"users\":[{},7]}", NULL, &read, &error), OST_E_FORMAT);
    assert_string_equal(error.detail, "users[1]: not an object");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_texts_are_split),
        cmocka_unit_test(bad_texts_are_refused),
        cmocka_unit_test(depth_counts_from_the_outside),
        cmocka_unit_test(an_error_tells_the_place_in_the_file),
        cmocka_unit_test(a_long_user_is_refused_and_a_long_list_is_not),
        cmocka_unit_test(no_allocation_is_taken_for_granted),
        cmocka_unit_test(a_file_that_changes_meanwhile_is_refused),
        cmocka_unit_test(a_user_that_is_no_object_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
