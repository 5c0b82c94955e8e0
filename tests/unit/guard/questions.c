/* SPDX-License-Identifier: Apache-2.0 */
/* Questions under way: one of each, in their order, and everybody told. */

#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "guard/cache/questions.h"
#include "test.h"

static const unsigned char a[32] = "a", b[32] = "b", c[32] = "c";

static void count(void *user)
{
    ++*(int *)user;
}

static void each_has_its_turn(void **state)
{
    questions all;
    questions_init(&all, 2, 1, 2);
    question *first = questions_add(&all, a, OST_TEXT("token"), &all);
    question *second = questions_add(&all, b, (ost_text){0}, &all);
    assert_null(questions_add(&all, c, (ost_text){0}, &all)); /* full */
    assert_int_equal(first->ticket, 1);
    assert_int_equal(second->ticket, 3);
    assert_string_equal(first->text, "token");
    assert_ptr_equal(questions_find(&all, a), first);
    assert_null(questions_find(&all, c));
    assert_ptr_equal(questions_start_next(&all), first);
    assert_ptr_equal(questions_start_next(&all), second);
    assert_null(questions_start_next(&all));
    assert_int_equal(all.started, 2);
    questions_remove(&all, first);
    question_finish(first);
    assert_int_equal(all.started, 1);
    assert_null(questions_find(&all, a));
    assert_int_equal(questions_add(&all, a, (ost_text){0}, &all)->ticket, 5);
    questions_free(&all);
}

static void whoever_waits_is_told_once(void **state)
{
    questions all;
    int told = 0, others = 0;
    questions_init(&all, 2, 2, 2);
    question *first = questions_add(&all, a, (ost_text){0}, NULL);
    question *second = questions_add(&all, b, (ost_text){0}, NULL);
    for (int i = 0; i < QUESTION_WAITERS - 1; i++)
        assert_int_equal(questions_wait(&all, first->ticket, count, &told), OST_OK);
    assert_int_equal(questions_wait(&all, second->ticket, count, &others), OST_OK);
    assert_int_equal(questions_wait(&all, second->ticket, count, &others), OST_E_BUSY);
    assert_int_equal(questions_wait(&all, 77, count, &others), OST_E_BUSY);
    questions_remove(&all, first);
    question_finish(first);
    assert_int_equal(told, QUESTION_WAITERS - 1);
    assert_int_equal(others, 0);
    assert_int_equal(questions_wait(&all, second->ticket, count, &others), OST_OK);
    question_waiters_call(questions_dismiss(&all));
    assert_int_equal(others, 2);
    questions_remove(&all, second);
    question_finish(second); /* nobody waits any more */
    assert_int_equal(others, 2);
    assert_int_equal(all.waiting, 0);
    questions_free(&all);
}

static void memory_may_fail(void **state)
{
    questions all;
    int told = 0;
    questions_init(&all, 2, 2, 2);
    memory_fail_at(1);
    assert_null(questions_add(&all, a, (ost_text){0}, NULL));
    memory_fail_at(0);
    assert_int_equal(all.count, 0);
    question *q = questions_add(&all, a, (ost_text){0}, NULL);
    memory_fail_at(1);
    assert_int_equal(questions_wait(&all, q->ticket, count, &told), OST_E_MEMORY);
    memory_fail_at(0);
    questions_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_turn),
        cmocka_unit_test(whoever_waits_is_told_once),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests_name("guard-questions", tests, NULL, NULL);
}
