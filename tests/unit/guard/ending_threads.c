/* SPDX-License-Identifier: Apache-2.0 */
/* Threads check tokens while everything about them is taken away: the table of remembered tokens
 * has no room, keys rotate, answers grow old, revocations push each other out, and in the midst of
 * it the guard is stopped. Whoever waited is told once; what a request was given outlives the
 * guard. Meant for the thread sanitizer, many short lives long. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context.h"
#include "online.h"

#define THREADS 6
#define LIVES 12
#define MILLISECONDS 250
#define TOKENS 24 /* three times as many as are remembered */
#define REVOKED 4 /* sessions, for good */

typedef struct stress {
    online *o;
    ost_guard *guard;
    ost_text steady[TOKENS], moving[2], sessions[REVOKED];
    const char *answer;
    atomic_int revoked; /* sessions below this number have been */
    atomic_bool stopped, end;
    atomic_int allowed, refused, waited, woken, wrong;
} stress;

static void wake(void *user)
{
    atomic_fetch_add(&((stress *)user)->woken, 1);
}

static void expect(stress *s, bool holds)
{
    if (!holds)
        atomic_fetch_add(&s->wrong, 1);
}

static ost_verdict check(stress *s, ost_arena *arena, ost_text token)
{
    const ost_credentials credentials = {.bearer = token};
    ost_verdict verdict;
    bool stopped = atomic_load(&s->stopped);
    ost_guard_check(s->guard, &fixture_any, &credentials, true, arena, &verdict);
    expect(s, !stopped || verdict.decision != OST_WAIT);
    if (verdict.decision == OST_WAIT && ost_guard_wait(s->guard, &verdict, wake, s) == OST_OK)
        atomic_fetch_add(&s->waited, 1);
    atomic_fetch_add(verdict.decision == OST_ALLOW ? &s->allowed : &s->refused, 1);
    return verdict;
}

static void check_some(stress *s, ost_arena *arena, unsigned turn)
{
    /* Two are hot, so that threads have shares in them. */
    ost_text token = s->steady[turn % 4 < 2 ? turn % 2 : turn / 4 % TOKENS];
    ost_verdict verdict = check(s, arena, token);
    expect(s, verdict.decision == OST_ALLOW || verdict.reason == OST_E_REVOKED);
    expect(s, verdict.decision != OST_ALLOW ||
                  text_is(ost_identity_subject(verdict.identity), "alice"));
    verdict = check(s, arena, s->moving[turn % 2]);
    expect(s, verdict.decision != OST_REFUSE || verdict.reason == OST_E_KEY_UNKNOWN ||
                  verdict.reason == OST_E_REVOKED);
    int revoked = atomic_load(&s->revoked);
    int which = (int)(turn % REVOKED);
    verdict = check(s, arena, s->sessions[which]);
    expect(s, which >= revoked ? verdict.decision != OST_WAIT : verdict.reason == OST_E_REVOKED);
    const char *opaque =
        ost_arena_format(arena, "%s-%u", turn % 3 == 0 ? "dead" : "alive", turn % 40);
    verdict = check(s, arena, text_of(opaque));
    expect(s, turn % 3 != 0 || verdict.decision != OST_ALLOW);
}

/* The arena is reset now and then only, and for the last time when the guard has gone. */
static void *check_all(void *user)
{
    stress *s = user;
    ost_arena *arena = ost_arena_new((size_t)8 << 20);
    for (unsigned turn = 0; !atomic_load(&s->end); turn++) {
        check_some(s, arena, turn);
        if (turn % 16 == 15)
            ost_arena_reset(arena);
    }
    check_some(s, arena, 0);
    return arena;
}

static ost_text token_of(online *o, const ost_key *key, const char *more, int number)
{
    ost_text token;
    char *claims = ost_arena_format(o->arena,
                                    "{\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\","
                                    "\"exp\":%lld,\"jti\":\"%s%d\",\"sid\":\"%s%d\"}",
                                    o->issuer->name, (long long)ost_now(NULL) + 1000, more, number,
                                    more, number);
    assert_int_equal(ost_jws_sign(text_of(claims), key, OST_ES256, "JWT", o->arena, &token),
                     OST_OK);
    return token;
}

static void take_back(stress *s, const char *session, int64_t until)
{
    const ost_revocation what = {
        .kind = OST_REVOKED_SESSION, .value = text_of(session), .until = until};
    assert_int_equal(ost_guard_revoke(s->guard, &what), OST_OK);
}

/* Short revocations of what nobody has push each other out; those of sessions stay. */
static void disturb(stress *s)
{
    static const fake_mode modes[] = {FAKE_GOOD, FAKE_DOWN, FAKE_GOOD, FAKE_SLOW};
    online *o = s->o;
    int64_t end = monotonic_ms() + MILLISECONDS;
    for (int turn = 0; monotonic_ms() < end; turn++) {
        char name[24];
        int next = atomic_load(&s->revoked);
        snprintf(name, sizeof name, "nobody%d", turn);
        take_back(s, name, ost_now(NULL) + 1);
        if (turn % 8 == 7 && next < REVOKED) {
            snprintf(name, sizeof name, "session%d", next);
            take_back(s, name, ost_now(NULL) + 900);
            atomic_store(&s->revoked, next + 1);
        }
        fake_issuer_publish(o->issuer, (ost_key *const[]){o->keys[0], o->keys[1 + turn % 2], NULL});
        fake_issuer_serve(o->issuer, FAKE_GOOD, modes[turn % 3]);
        fake_issuer_answer(o->issuer, modes[turn / 4 % 4], s->answer);
        usleep(5000);
    }
}

static void make_guard(stress *s)
{
    static const char *const audiences[] = {"myapi"};
    const ost_issuer issuer = {.issuer = s->o->issuer->name,
                               .audiences = audiences,
                               .audience_count = 1,
                               .key_lifetime = 1,
                               .introspection = {.client_id = "a",
                                                 .client_secret = "b",
                                                 .lifetime = 1,
                                                 .inactive_lifetime = 1,
                                                 .inactive_rate = 1000,
                                                 .cache_entries = 8}};
    const ost_guard_config config = {
        .issuers = &issuer, .issuer_count = 1, .cache_entries = 8, .revocation_entries = 8};
    assert_int_equal(ost_guard_new(&config, &s->guard, NULL), OST_OK);
}

static void live_once(stress *s)
{
    pthread_t threads[THREADS];
    void *arenas[THREADS];
    fake_issuer_serve(s->o->issuer, FAKE_GOOD, FAKE_GOOD);
    atomic_store(&s->revoked, 0);
    atomic_store(&s->stopped, false);
    atomic_store(&s->end, false);
    make_guard(s);
    assert_true(ost_guard_wait_ready(s->guard, 5));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, check_all, s), 0);
    disturb(s);
    ost_guard_stop(s->guard);
    atomic_store(&s->stopped, true);
    usleep(20000);
    atomic_store(&s->end, true);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], &arenas[i]);
    assert_int_equal(s->woken, s->waited);
    ost_guard_free(s->guard);
    for (int i = 0; i < THREADS; i++)
        ost_arena_free(arenas[i]);
}

static void threads_check_until_the_guard_has_gone(void **state)
{
    online *o = *state;
    static stress s;
    s.o = o;
    for (int i = 0; i < TOKENS; i++)
        s.steady[i] = token_of(o, o->keys[0], "steady", i);
    for (int i = 0; i < 2; i++)
        s.moving[i] = token_of(o, o->keys[1 + i], "moving", i);
    for (int i = 0; i < REVOKED; i++)
        s.sessions[i] = token_of(o, o->keys[0], "session", i);
    s.answer = ost_arena_format(
        o->arena, "{\"active\":true,\"aud\":\"myapi\",\"sub\":\"alice\",\"exp\":%lld}",
        (long long)ost_now(NULL) + 1000);
    fake_issuer_answer(o->issuer, FAKE_GOOD, s.answer);
    for (int life = 0; life < LIVES; life++)
        live_once(&s);
    print_message("%d allowed, %d refused, %d waited\n", s.allowed, s.refused, s.waited);
    assert_int_equal(s.wrong, 0);
    assert_true(s.allowed > 100 && s.refused > 100 && s.waited > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threads_check_until_the_guard_has_gone, online_start,
                                        online_end),
    };
    return cmocka_run_group_tests_name("guard-ending-threads", tests, online_make_keys,
                                       online_free_keys);
}
