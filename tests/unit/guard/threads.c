/* SPDX-License-Identifier: Apache-2.0 */
/* Eight threads check tokens for some seconds while keys rotate, issuers fail and recover, policies
 * are replaced and tokens are forged: nobody is let in or kept out by a race. Meant for the thread
 * sanitizer. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "online.h"

#define THREADS 8
#define PATIENCE_MS 60000
#define SECONDS 4

typedef struct stress {
    online *o;
    ost_guard *guard;
    fake_issuer *issuers[2];
    ost_text steady[2], moving[2][3], forged;
    _Atomic(const ost_policy *) policy; /* the one that counts now */
    atomic_bool stop;
    atomic_int allowed, refused, waited, woken, moving_allowed, wrong;
} stress;

static void wake(void *user)
{
    atomic_fetch_add(&((stress *)user)->woken, 1);
}

/* The second of them lets nobody in, whatever has been remembered. */
static const ost_policy policies[] = {
    {.audiences = (const char *const[]){"myapi", NULL}},
    {.audiences = (const char *const[]){"elsewhere", NULL}},
    {.open = false},
};
#define POLICIES (ARRAY_LEN(policies))

static ost_verdict check(stress *s, const ost_policy *policy, ost_arena *arena, ost_text token,
                         bool may_wait)
{
    const ost_credentials credentials = {.bearer = token};
    ost_verdict verdict;
    ost_guard_check(s->guard, policy, &credentials, may_wait, arena, &verdict);
    if (verdict.decision == OST_WAIT && ost_guard_wait(s->guard, &verdict, wake, s) == OST_OK)
        atomic_fetch_add(&s->waited, 1);
    return verdict;
}

static void expect(stress *s, bool holds)
{
    if (!holds)
        atomic_fetch_add(&s->wrong, 1);
}

static void *check_all(void *user)
{
    stress *s = user;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    for (unsigned turn = 0; !atomic_load(&s->stop); turn++) {
        const ost_policy *policy = atomic_load(&s->policy);
        ost_verdict verdict = check(s, policy, arena, s->steady[turn % 2], turn % 3 == 0);
        if (policy == &policies[1])
            expect(s, verdict.decision == OST_REFUSE && verdict.reason == OST_E_AUDIENCE);
        else
            expect(s, verdict.decision == OST_ALLOW &&
                          text_is(ost_identity_subject(verdict.identity), "alice"));
        atomic_fetch_add(&s->allowed, 1);
        verdict = check(s, &fixture_any, arena, s->moving[turn % 2][turn / 2 % 3], turn % 5 == 0);
        expect(s, verdict.decision != OST_REFUSE || verdict.reason == OST_E_KEY_UNKNOWN);
        atomic_fetch_add(verdict.decision == OST_ALLOW ? &s->moving_allowed : &s->refused, 1);
        verdict = check(s, &fixture_any, arena, s->forged, turn % 7 == 0);
        expect(s, verdict.decision == OST_REFUSE && verdict.reason == OST_E_SIGNATURE);
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
    return NULL;
}

static void *watch(void *user)
{
    stress *s = user;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    while (!atomic_load(&s->stop)) {
        ost_text text;
        ost_json_writer *writer = ost_json_writer_new(arena, 0);
        ost_guard_describe(s->guard, writer);
        expect(s, ost_json_writer_finish(writer, &text) == OST_OK);
        expect(s, ost_guard_metrics(s->guard, arena, &text) == OST_OK);
        expect(s, ost_guard_is_ready(s->guard));
        ost_arena_reset(arena);
        usleep(1000);
    }
    ost_arena_free(arena);
    return NULL;
}

/* Key k0 is always there, of the others one at a time; and another policy every time. Where others
 * have the processor it goes on, slower, until somebody has come in by one of the others. */
static void rotate(stress *s)
{
    static const fake_mode modes[] = {FAKE_GOOD, FAKE_DOWN, FAKE_GOOD, FAKE_HTML, FAKE_GOOD};
    int64_t end = monotonic_ms() + SECONDS * 1000;
    for (unsigned turn = 0;; turn++) {
        bool late = monotonic_ms() >= end;
        if (late && (atomic_load(&s->moving_allowed) > 0 || monotonic_ms() >= end + PATIENCE_MS))
            return;
        online *o = s->o;
        fake_issuer *issuer = s->issuers[turn % 2];
        fake_issuer_publish(issuer,
                            (ost_key *const[]){o->keys[0], o->keys[1 + turn / 2 % 3], NULL});
        fake_issuer_serve(issuer, FAKE_GOOD, modes[turn / 2 % 5]);
        for (unsigned step = 0; step < 10; step++) {
            atomic_store(&s->policy, &policies[(turn + step) % POLICIES]);
            usleep(late ? 200000 : 10000);
        }
    }
}

static void threads_check_while_keys_rotate(void **state)
{
    online *o = *state;
    stress s = {.o = o, .issuers = {o->issuer, fake_issuer_start()}, .policy = &policies[0]};
    pthread_t threads[THREADS + 1];
    fake_issuer_publish(s.issuers[1], (ost_key *const[]){o->keys[0], NULL});
    for (int i = 0; i < 2; i++) {
        s.steady[i] = online_token(o, s.issuers[i], o->keys[0]);
        for (int k = 0; k < 3; k++)
            s.moving[i][k] = online_token(o, s.issuers[i], o->keys[1 + k]);
    }
    char *forged = ost_arena_copy(o->arena, s.steady[0]);
    forged[s.steady[0].len - 10] = forged[s.steady[0].len - 10] == 'A' ? 'B' : 'A';
    s.forged = text_of(forged);
    s.guard = online_guard_of(s.issuers, 2, (ost_issuer){.key_lifetime = 1});
    assert_true(ost_guard_wait_ready(s.guard, 5));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, check_all, &s), 0);
    assert_int_equal(pthread_create(&threads[THREADS], NULL, watch, &s), 0);
    rotate(&s);
    atomic_store(&s.stop, true);
    for (int i = 0; i <= THREADS; i++)
        pthread_join(threads[i], NULL);
    ost_guard_free(s.guard);
    fake_issuer_stop(s.issuers[1]);
    print_message("%d allowed, %d by moving keys, %d refused, %d waited\n", s.allowed,
                  s.moving_allowed, s.refused, s.waited);
    assert_int_equal(s.wrong, 0);
    assert_int_equal(s.woken, s.waited);
    assert_true(s.allowed > 100);
    assert_true(s.moving_allowed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threads_check_while_keys_rotate, online_start, online_end),
    };
    return cmocka_run_group_tests_name("guard-threads", tests, online_make_keys, online_free_keys);
}
