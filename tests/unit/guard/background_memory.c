/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of the guard's own thread fails once, in turn: what it fetches is then had
 * later. Whoever waits is told, nobody is let in who should not be, and once there is memory again
 * good tokens are. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/context.h"
#include "guard/guard_state.h"
#include "online.h"
#include "status_token.h"

#define PATIENCE 10   /* seconds until somebody who waits counts as forgotten */
#define MOST 400      /* allocations; no scenario has so many */
#define LATER 12      /* seconds after which no answer is remembered that was none */
#define ROUNDS 4      /* of check and wait: for keys, for an answer, for a list, and once more */
#define LIFETIME 9000 /* of tokens, in seconds */

static _Atomic int64_t held_now;

static int64_t held_clock(void *user)
{
    return atomic_load((_Atomic int64_t *)user);
}

static const ost_context held_context = {.now = held_clock, .user = &held_now};

/* ---- the thread ---- */

typedef struct order {
    uint64_t fail_at; /* 0: no more */
    uint64_t count;   /* of the thread, when it obeyed */
    sem_t obeyed;
} order;

static void obey(void *user)
{
    order *o = user;
    memory_fail_at(o->fail_at);
    o->count = memory_count();
    sem_post(&o->obeyed);
}

/* Has the guard's own thread fail its n-th allocation from now on, and returns how many it has made
 * so far. The timer lives as long as the guard. */
static uint64_t tell_thread(ost_guard *guard, uint64_t n)
{
    order o = {.fail_at = n};
    net_timer *timer; /* the guard's from here on; it rings once */
    sem_init(&o.obeyed, 0, 0);
    assert_int_equal(net_timer_new(guard->net, obey, &o, &timer), OST_OK);
    net_timer_set(timer, 0);
    sem_wait(&o.obeyed);
    sem_destroy(&o.obeyed);
    return o.count;
}

/* ---- the front end ---- */

static void wake(void *user)
{
    sem_post(user);
}

/* Checks and waits until there is a verdict. */
static ost_verdict check(online *o, ost_text token)
{
    struct timespec end;
    sem_t woken;
    sem_init(&woken, 0, 0);
    ost_verdict verdict = online_check_now(o, o->guard, token, true);
    for (int round = 0; round < ROUNDS && verdict.decision == OST_WAIT; round++) {
        clock_gettime(CLOCK_REALTIME, &end);
        end.tv_sec += PATIENCE;
        fake_issuer_release(o->issuer);
        if (ost_guard_wait(o->guard, &verdict, wake, &woken) == OST_OK)
            assert_int_equal(sem_timedwait(&woken, &end), 0);
        verdict = online_check_now(o, o->guard, token, round < ROUNDS - 1);
    }
    sem_destroy(&woken);
    return verdict;
}

/* ---- scenarios ---- */

typedef struct scenario {
    ost_issuer config;
    bool rotation; /* the keys are there at first, and then there are new ones */
    ost_text good, bad;
} scenario;

static ost_text token_of(online *o, const ost_key *key, const char *more)
{
    ost_text token;
    const char *claims = ost_arena_format(
        o->arena, "{\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\",\"exp\":%lld%s}",
        o->issuer->name, (long long)atomic_load(&held_now) + LIFETIME, more);
    assert_int_equal(ost_jws_sign(text_of(claims), key, OST_ES256, "JWT", o->arena, &token),
                     OST_OK);
    return token;
}

/* The same with another signature. */
static ost_text forged(online *o, ost_text token)
{
    char *copy = ost_arena_copy(o->arena, token);
    size_t at = token.len - 20;
    copy[at] = copy[at] == 'A' ? 'B' : 'A';
    return text_of(copy);
}

static void begin(online *o, const scenario *s)
{
    static const char *const audiences[] = {"myapi"};
    ost_issuer trusted = s->config;
    ost_error error = {0};
    trusted.issuer = o->issuer->name;
    trusted.audiences = audiences;
    trusted.audience_count = 1;
    const ost_guard_config config = {
        .issuers = &trusted, .issuer_count = 1, .context = &held_context, .no_cache = true};
    pthread_mutex_lock(&o->issuer->lock);
    o->issuer->released = false;
    pthread_mutex_unlock(&o->issuer->lock);
    fake_issuer_serve(o->issuer, s->rotation ? FAKE_GOOD : FAKE_SLOW, FAKE_GOOD);
    fake_issuer_publish(o->issuer, (ost_key *const[]){o->keys[0], NULL});
    if (ost_guard_new(&config, &o->guard, &error) != OST_OK)
        fail_msg("%s", error.detail);
    if (!s->rotation)
        return;
    assert_true(ost_guard_wait_ready(o->guard, PATIENCE));
    fake_issuer_publish(o->issuer, (ost_key *const[]){o->keys[0], o->keys[1], NULL});
}

/* Makes the guard and lets it do its work while its n-th allocation fails; whether there was one.
 */
static bool run_without_memory(online *o, const scenario *s, uint64_t n)
{
    begin(o, s);
    uint64_t before = tell_thread(o->guard, n);
    ost_verdict verdict = check(o, s->good);
    assert_true(verdict.decision == OST_ALLOW || verdict.status == 503 || verdict.status == 401);
    assert_int_not_equal(check(o, s->bad).decision, OST_ALLOW);
    return tell_thread(o->guard, 0) - before >= n;
}

/* There is memory again. */
static void expect_recovery(online *o, const scenario *s, uint64_t n)
{
    ost_verdict verdict = check(o, s->good);
    for (int i = 0; i < 200 && verdict.decision != OST_ALLOW; i++) {
        usleep(25000); /* an issuer that failed is left in peace for two seconds */
        verdict = check(o, s->good);
    }
    if (verdict.decision != OST_ALLOW)
        fail_msg("allocation %llu: %s %.*s", (unsigned long long)n, ost_result_name(verdict.reason),
                 (int)verdict.explanation.len, verdict.explanation.data);
    assert_int_not_equal(check(o, s->bad).decision, OST_ALLOW);
}

/* All guards wait for the end of their pauses together. */
static void run(online *o, const scenario *s, uint64_t least)
{
    ost_guard *guards[MOST];
    uint64_t count = 0;
    for (bool reached = true; reached; count++) {
        assert_true(count < MOST);
        if (s->config.seed_file != NULL)
            unlink(s->config.seed_file); /* of the guard before */
        reached = run_without_memory(o, s, count + 1);
        guards[count] = o->guard;
    }
    assert_true(count > least); /* so many there are at any rate */
    atomic_fetch_add(&held_now, LATER);
    for (uint64_t i = 0; i < count; i++) {
        o->guard = guards[i];
        expect_recovery(o, s, i + 1);
        ost_guard_free(o->guard);
    }
    o->guard = NULL;
}

static int start(void **state)
{
    atomic_store(&held_now, ost_now(NULL));
    return online_start(state);
}

static void the_first_keys(void **state)
{
    online *o = *state;
    char seed[] = "/tmp/ostiary-seed-XXXXXX";
    close(mkstemp(seed));
    unlink(seed);
    scenario s = {.config.seed_file = seed, .good = token_of(o, o->keys[0], "")};
    s.bad = forged(o, s.good);
    run(o, &s, 10);
    unlink(seed);
}

static void new_keys(void **state)
{
    online *o = *state;
    scenario s = {.rotation = true, .good = token_of(o, o->keys[1], "")};
    s.bad = forged(o, s.good);
    run(o, &s, 5);
}

/* What the issuer says of any token that does not begin with "dead". */
static const char *active(online *o)
{
    return ost_arena_format(
        o->arena,
        "{\"active\":true,\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\",\"exp\":%lld}",
        o->issuer->name, (long long)atomic_load(&held_now) + LIFETIME);
}

static void an_answer_about_a_token(void **state)
{
    online *o = *state;
    const scenario s = {.config.introspection = {.client_id = "api", .client_secret = "secret"},
                        .good = OST_TEXT("opaque"),
                        .bad = OST_TEXT("dead")};
    fake_issuer_answer(o->issuer, FAKE_GOOD, active(o));
    run(o, &s, 15);
}

static void a_signed_answer_to_who_proves_itself_by_a_key(void **state)
{
    online *o = *state;
    const scenario s = {.config.introspection = {.client_id = "api",
                                                 .auth = OST_PRIVATE_KEY_JWT,
                                                 .key = o->keys[2],
                                                 .require_signed = true},
                        .good = OST_TEXT("opaque"),
                        .bad = OST_TEXT("dead")};
    const char *claims = ost_arena_format(
        o->arena, "{\"iss\":\"%s\",\"aud\":\"api\",\"iat\":%lld,\"token_introspection\":%s}",
        o->issuer->name, (long long)atomic_load(&held_now), active(o));
    ost_text said = status_token_sign(o->arena, o->keys[0], "token-introspection+jwt", claims);
    snprintf(o->issuer->ask_type, sizeof o->issuer->ask_type,
             "application/token-introspection+jwt");
    fake_issuer_answer(o->issuer, FAKE_GOOD, said.data);
    run(o, &s, 15);
}

static void a_status_list(void **state)
{
    online *o = *state;
    const char *const origin = fake_issuer_url(o->issuer, "");
    const char *origins[] = {ost_arena_copy(o->arena, text_of(origin))};
    const char *url = ost_arena_copy(o->arena, text_of(fake_issuer_url(o->issuer, "/lists/1")));
    ost_text tokens[2];
    for (int i = 0; i < 2; i++)
        tokens[i] = token_of(o, o->keys[0],
                             ost_arena_format(o->arena,
                                              ",\"status\":{\"status_list\":{\"idx\":%d,"
                                              "\"uri\":\"%s\"}}",
                                              i, url));
    fake_issuer_list(
        o->issuer, FAKE_GOOD,
        status_token(o->arena, o->keys[0], url, atomic_load(&held_now), "", 1, "\x02", 1));
    const scenario s = {.config.status_lists = {.origins = origins, .origin_count = 1},
                        .good = tokens[0],
                        .bad = tokens[1]};
    run(o, &s, 15);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_keys),          TEST(new_keys),
        TEST(an_answer_about_a_token), TEST(a_signed_answer_to_who_proves_itself_by_a_key),
        TEST(a_status_list),
    };
    return cmocka_run_group_tests_name("guard-background_memory", tests, online_make_keys,
                                       online_free_keys);
}
