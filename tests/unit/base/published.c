/* SPDX-License-Identifier: Apache-2.0 */
/* A pointer that is replaced under its readers: what they see is whole, and lives while they look.
 * Meant for the thread and address sanitizers. */

#include <pthread.h>
#include <stdlib.h>

#include "base/context.h"
#include "base/published.h"
#include "test.h"

#define READERS 8
#define MILLISECONDS 1000

typedef struct thing {
    long first, body[32], last; /* all the same */
} thing;

typedef struct shared {
    published current;
    atomic_bool stop;
    atomic_long wrong, reads;
} shared;

static thing *thing_new(long number)
{
    thing *made = malloc(sizeof *made);
    assert_non_null(made);
    made->first = made->last = number;
    for (size_t i = 0; i < 32; i++)
        made->body[i] = number;
    return made;
}

static void thing_free(thing *old)
{
    if (old != NULL)
        *old = (thing){.first = -1, .last = -2};
    free(old);
}

static bool is_whole(const thing *seen)
{
    bool whole = seen->first == seen->last;
    for (size_t i = 0; i < 32; i++)
        whole &= seen->body[i] == seen->first;
    return whole;
}

static void *read_often(void *user)
{
    shared *s = user;
    long newest = 0;
    while (!atomic_load(&s->stop)) {
        published_place outer, inner;
        const thing *seen = published_enter(&s->current, &outer);
        const thing *again = published_enter(&s->current, &inner);
        /* Never an older one than before. */
        bool good = is_whole(seen) && is_whole(again) && seen->first >= newest &&
                    again->first >= seen->first;
        newest = again->first;
        published_leave(&s->current, inner);
        good &= is_whole(seen);
        published_leave(&s->current, outer);
        atomic_fetch_add(&s->wrong, !good);
        atomic_fetch_add(&s->reads, 1);
    }
    return NULL;
}

static void readers_see_whole_things(void **state)
{
    static shared s;
    pthread_t threads[READERS];
    assert_null(published_replace(&s.current, thing_new(1)));
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_often, &s), 0);
    int64_t end = monotonic_ms() + MILLISECONDS;
    for (long number = 2; monotonic_ms() < end; number++) {
        thing *before = published_replace(&s.current, thing_new(number));
        assert_int_equal(before->first, number - 1);
        thing_free(before);
    }
    assert_true(atomic_load(&s.reads) > 100);
    atomic_store(&s.stop, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    thing_free(published_replace(&s.current, NULL));
    assert_int_equal(atomic_load(&s.wrong), 0);
}

static void nothing_may_be_published(void **state)
{
    static published p;
    published_place place;
    assert_null(published_enter(&p, &place));
    published_leave(&p, place);
    assert_null(published_replace(&p, NULL));
}

typedef struct wait {
    published *p;
    atomic_bool replaced;
    int first, second;
} wait;

static void *replace(void *user)
{
    wait *w = user;
    assert_ptr_equal(published_replace(w->p, &w->second), &w->first);
    atomic_store(&w->replaced, true);
    return NULL;
}

static void replacing_waits_for_a_reader(void **state)
{
    static published p;
    published_place place, later;
    wait w = {.p = &p};
    pthread_t thread;
    (void)published_replace(&p, &w.first);
    assert_ptr_equal(published_enter(&p, &place), &w.first);
    assert_int_equal(pthread_create(&thread, NULL, replace, &w), 0);
    /* Others that come meanwhile see the new one, and are not waited for without end. */
    while (published_enter(&p, &later) != &w.second)
        published_leave(&p, later);
    published_leave(&p, later);
    assert_false(atomic_load(&w.replaced));
    published_leave(&p, place);
    pthread_join(thread, NULL);
    assert_true(atomic_load(&w.replaced));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_see_whole_things),
        cmocka_unit_test(nothing_may_be_published),
        cmocka_unit_test(replacing_waits_for_a_reader),
    };
    return cmocka_run_group_tests_name("base-published", tests, NULL, NULL);
}
