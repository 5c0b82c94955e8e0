/* SPDX-License-Identifier: Apache-2.0 */
/* Which object of a file is which of the realm: by id, else by name, in any order and number. */
#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "provider/file/document_pairs.h"
#include "test_arena.h"

static const ost_json *read(const char *text)
{
    const ost_json_limits limits = {.max_bytes = (size_t)8 << 20, .max_values = 300000};
    const ost_json *value;
    assert_int_equal(ost_json_read(text_of(text), &limits, arena, &value, NULL), OST_OK);
    return value;
}

/* The places of the file's entries in the realm's list: "1-0", `-` for those that are new. */
static void assert_pairs(const char *stored, const char *file, const member_kind *kind,
                         const char *expected)
{
    document_pairs p;
    char seen[64];
    size_t len = 0, beneath = 0, over = 0;
    assert_int_equal(document_pairs_find(read(stored), read(file), kind, arena, &p), OST_OK);
    for (size_t f = 0; f < p.file_count; f++) {
        char place = '-';
        for (size_t s = 0; s < p.stored_count; s++) {
            if (p.beneath[f] != p.stored[s])
                continue;
            place = (char)('0' + s);
            assert_ptr_equal(p.over[s], p.file[f]);
        }
        seen[len++] = place;
        beneath += p.beneath[f] != NULL;
    }
    for (size_t s = 0; s < p.stored_count; s++)
        over += p.over[s] != NULL;
    seen[len] = '\0';
    assert_string_equal(seen, expected);
    assert_int_equal(beneath, over);
}

static void pairs_have_one_id_else_one_name(void **state)
{
    assert_pairs("[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]",
                 "[{\"name\":\"c\"},{\"name\":\"d\"},{\"name\":\"a\"}]", &member_role, "2-0");
    assert_pairs("[{\"id\":\"1\",\"name\":\"a\"},{\"id\":\"2\",\"name\":\"b\"}]",
                 "[{\"id\":\"2\",\"name\":\"a\"},{\"name\":\"a\"}]", &member_role, "10");
    assert_pairs("[{\"id\":\"1\",\"name\":\"a\"}]", "[{\"id\":\"9\",\"name\":\"a\"}]", &member_role,
                 "0");
    assert_pairs("[{\"internalId\":\"1\",\"alias\":\"a\"},{\"alias\":\"b\"}]",
                 "[{\"alias\":\"b\"},{\"internalId\":\"1\",\"alias\":\"c\"}]",
                 &member_identity_provider, "10");
    assert_pairs("[]", "[{\"name\":\"a\"}]", &member_role, "-");
    assert_pairs("[{\"name\":\"a\"}]", "[]", &member_role, "");
    assert_pairs("null", "[{\"name\":\"a\"}]", &member_role, "-");
}

/* An id that is empty, or none, is nobody's. */
static void an_empty_id_is_no_id(void **state)
{
    assert_pairs("[{\"name\":\"a\"},{\"id\":\"\",\"name\":\"b\"}]",
                 "[{\"id\":\"\",\"name\":\"b\"},{\"id\":7,\"name\":\"a\"}]", &member_role, "10");
    assert_pairs("[{\"name\":\"a\"}]", "[{\"id\":\"\",\"name\":\"b\"}]", &member_role, "-");
}

static void several_of_one_name_are_paired_in_order(void **state)
{
    assert_pairs("[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"a\"}]",
                 "[{\"name\":\"a\"},{\"name\":\"a\"},{\"name\":\"a\"}]", &member_role, "02-");
}

static void components_have_sub_types(void **state)
{
    assert_pairs("[{\"name\":\"a\",\"subType\":\"x\",\"providerId\":\"p\"},"
                 "{\"name\":\"a\",\"subType\":\"y\",\"providerId\":\"p\"},"
                 "{\"name\":\"a\",\"providerId\":\"p\"}]",
                 "[{\"name\":\"a\",\"providerId\":\"p\"},"
                 "{\"name\":\"a\",\"subType\":\"y\",\"providerId\":\"p\"},"
                 "{\"name\":\"a\",\"subType\":\"x\",\"providerId\":\"q\"}]",
                 &member_component, "21-");
}

static void a_client_is_no_client_scope(void **state)
{
    assert_pairs("[{\"clientScope\":\"a\"},{\"client\":\"a\"}]",
                 "[{\"client\":\"a\"},{\"clientScope\":\"a\"}]", &member_scope_mapping, "10");
}

static void the_nameless_are_paired_with_the_same(void **state)
{
    assert_pairs("[{\"providerId\":\"p\",\"config\":{\"x\":[\"1\"]}},{\"providerId\":\"q\"}]",
                 "[{\"providerId\":\"q\"},{\"config\":{\"x\":[\"1\"]},\"providerId\":\"p\"},{}]",
                 &member_component, "10-");
}

static void order_of_members_does_not_count(void **state)
{
    char one[8192] = "{", other[8192] = "{";
    size_t a = 1, b = 1;
    for (int i = 0; i < 100; i++) {
        a += (size_t)snprintf(one + a, sizeof one - a, "%s\"m%d\":[%d]", i > 0 ? "," : "", i, i);
        b += (size_t)snprintf(other + b, sizeof other - b, "%s\"m%d\":[%d]", i > 0 ? "," : "",
                              99 - i, 99 - i);
    }
    (void)snprintf(one + a, sizeof one - a, "}");
    (void)snprintf(other + b, sizeof other - b, "}");
    json_finder finder = {.arena = arena};
    assert_true(document_same(read(one), read(other), &finder));
    assert_true(document_same(read(one), read(other), NULL));
    other[b - 2] = '1'; /* m0, which is the last */
    assert_false(document_same(read(one), read(other), &finder));
    assert_false(document_same(read(one), read(other), NULL));
}

/* Roles of names that begin alike; all of the second list are new. */
static const ost_json *make_roles(int count, char mark)
{
    size_t size = (size_t)count * 60 + 3, len = 1;
    char *text = ost_arena_alloc(arena, size);
    assert_non_null(text);
    text[0] = '[';
    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, size - len, "%s{\"name\":\"%040d%c\"}",
                                i > 0 ? "," : "", i * 7919 % count, mark);
    (void)snprintf(text + len, size - len, "]");
    return read(text);
}

/* One by one, this takes minutes. */
static void attack_34_many_objects_are_paired_in_bounded_time(void **state)
{
    struct timespec from, to;
    document_pairs p;
    const ost_json *stored = make_roles(50000, 'a'), *file = make_roles(50000, 'b');
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    assert_int_equal(document_pairs_find(stored, file, &member_role, arena, &p), OST_OK);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    assert_true(to.tv_sec - from.tv_sec < 5);
    for (size_t i = 0; i < p.file_count; i++)
        assert_null(p.beneath[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_have_one_id_else_one_name),
        cmocka_unit_test(an_empty_id_is_no_id),
        cmocka_unit_test(several_of_one_name_are_paired_in_order),
        cmocka_unit_test(components_have_sub_types),
        cmocka_unit_test(a_client_is_no_client_scope),
        cmocka_unit_test(the_nameless_are_paired_with_the_same),
        cmocka_unit_test(order_of_members_does_not_count),
        cmocka_unit_test(attack_34_many_objects_are_paired_in_bounded_time),
    };
    return cmocka_run_group_tests_name("provider-document_pairs", tests, open_arena, close_arena);
}
