/* SPDX-License-Identifier: Apache-2.0 */
/* Eight threads check tokens that the issuer is asked about, and tokens with a status, while
 * answers grow old, the issuer fails and recovers, lists are renewed, and sessions are revoked:
 * nobody who may not gets in. Meant for the thread sanitizer. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context.h"
#include "online.h"
#include "status_token.h"

#define THREADS 6
#define SECONDS 4
#define SESSIONS 64

typedef struct stress {
    online *o;
    ost_guard *guard;
    ost_text listed[2]; /* tokens with a status: valid, revoked */
    ost_text sessions[SESSIONS];
    atomic_int revoked; /* sessions below this number have been */
    atomic_bool stop;
    atomic_int allowed, refused, unknown, waited, woken, wrong;
} stress;

static void wake(void *user)
{
    atomic_fetch_add(&((stress *)user)->woken, 1);
}

static ost_verdict check(stress *s, ost_arena *arena, ost_text token, bool may_wait)
{
    const ost_credentials credentials = {.bearer = token};
    ost_verdict verdict;
    ost_guard_check(s->guard, &fixture_any, &credentials, may_wait, arena, &verdict);
    if (verdict.decision == OST_WAIT && ost_guard_wait(s->guard, &verdict, wake, s) == OST_OK)
        atomic_fetch_add(&s->waited, 1);
    atomic_fetch_add(verdict.decision == OST_ALLOW  ? &s->allowed
                     : verdict.status == 503        ? &s->unknown
                     : verdict.decision == OST_WAIT ? &s->unknown
                                                    : &s->refused,
                     1);
    return verdict;
}

static void expect(stress *s, bool holds)
{
    if (!holds)
        atomic_fetch_add(&s->wrong, 1);
}

static void check_some(stress *s, ost_arena *arena, unsigned turn)
{
    char *token = ost_arena_format(arena, "alive-%u", turn % 50);
    ost_verdict verdict = check(s, arena, text_of(token), turn % 2 == 0);
    expect(s, verdict.decision != OST_REFUSE || verdict.status == 503);
    token = ost_arena_format(arena, "dead-%u", turn % 200);
    verdict = check(s, arena, text_of(token), turn % 3 == 0);
    expect(s, verdict.decision != OST_ALLOW);
    expect(s, verdict.decision != OST_REFUSE || verdict.status == 503 ||
                  verdict.reason == OST_E_INACTIVE);
    verdict = check(s, arena, s->listed[0], turn % 2 == 0);
    expect(s, verdict.decision != OST_REFUSE || verdict.status == 503);
    verdict = check(s, arena, s->listed[1], turn % 2 == 0);
    expect(s, verdict.decision != OST_ALLOW);
    int revoked = atomic_load(&s->revoked);
    unsigned which = turn % SESSIONS;
    verdict = check(s, arena, s->sessions[which], false);
    expect(s, (int)which >= revoked || verdict.reason == OST_E_REVOKED);
    expect(s, which != SESSIONS - 1 || verdict.decision == OST_ALLOW);
}

static void *check_all(void *user)
{
    stress *s = user;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    for (unsigned turn = 0; !atomic_load(&s->stop); turn++) {
        check_some(s, arena, turn);
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
        ost_arena_reset(arena);
        usleep(2000);
    }
    ost_arena_free(arena);
    return NULL;
}

static void publish(online *o)
{
    fake_issuer_list(o->issuer, FAKE_GOOD,
                     status_token(o->arena, o->keys[0], fake_issuer_url(o->issuer, "/lists/1"),
                                  ost_now(NULL), ",\"ttl\":1", 1, "\x02", 1));
}

static const char *good_answer(online *o)
{
    return ost_arena_format(o->arena,
                            "{\"active\":true,\"aud\":\"myapi\",\"sub\":\"alice\",\"exp\":%lld}",
                            (long long)ost_now(NULL) + 1000);
}

/* The issuer comes and goes; a session is revoked every now and then, all but the last. */
static void disturb(stress *s)
{
    static const fake_mode modes[] = {FAKE_GOOD, FAKE_GOOD, FAKE_GOOD, FAKE_ERROR, FAKE_GOOD,
                                      FAKE_HTML, FAKE_GOOD, FAKE_GOOD, FAKE_DOWN};
    int64_t end = monotonic_ms() + SECONDS * 1000;
    for (unsigned turn = 0; monotonic_ms() < end; turn++) {
        int next = atomic_load(&s->revoked);
        char name[16];
        snprintf(name, sizeof name, "s%d", next);
        const ost_revocation what = {.kind = OST_REVOKED_SESSION, .value = text_of(name)};
        if (next < SESSIONS - 1) {
            assert_int_equal(ost_guard_revoke(s->guard, &what), OST_OK);
            atomic_store(&s->revoked, next + 1);
        }
        fake_issuer_answer(s->o->issuer, modes[turn / 4 % 9], good_answer(s->o));
        publish(s->o);
        usleep(50000);
    }
}

static ost_text token_of(online *o, const char *more)
{
    ost_text token;
    char *claims = ost_arena_format(
        o->arena, "{\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\",\"exp\":%lld%s}",
        o->issuer->name, (long long)ost_now(NULL) + 1000, more);
    assert_int_equal(ost_jws_sign(text_of(claims), o->keys[0], OST_ES256, "JWT", o->arena, &token),
                     OST_OK);
    return token;
}

static void make_tokens(stress *s)
{
    online *o = s->o;
    for (int i = 0; i < 2; i++)
        s->listed[i] = token_of(
            o,
            ost_arena_format(o->arena, ",\"status\":{\"status_list\":{\"idx\":%d,\"uri\":\"%s\"}}",
                             i, fake_issuer_url(o->issuer, "/lists/1")));
    for (int i = 0; i < SESSIONS; i++)
        s->sessions[i] = token_of(o, ost_arena_format(o->arena, ",\"sid\":\"s%d\"", i));
}

static void threads_ask_while_the_issuer_comes_and_goes(void **state)
{
    online *o = *state;
    stress s = {.o = o};
    pthread_t threads[THREADS + 1];
    const char *const origins[] = {
        ost_arena_copy(o->arena, text_of(fake_issuer_url(o->issuer, "")))};
    make_tokens(&s);
    publish(o);
    fake_issuer_answer(o->issuer, FAKE_GOOD, good_answer(o));
    online_guard(o, (ost_issuer){.introspection = {.client_id = "a",
                                                   .client_secret = "b",
                                                   .lifetime = 1,
                                                   .inactive_lifetime = 1,
                                                   .inactive_rate = 100},
                                 .status_lists = {.origins = origins, .origin_count = 1}});
    s.guard = o->guard;
    assert_true(ost_guard_wait_ready(s.guard, 5));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, check_all, &s), 0);
    assert_int_equal(pthread_create(&threads[THREADS], NULL, watch, &s), 0);
    disturb(&s);
    atomic_store(&s.stop, true);
    for (int i = 0; i <= THREADS; i++)
        pthread_join(threads[i], NULL);
    ost_guard_free(s.guard);
    o->guard = NULL;
    print_message("%d allowed, %d refused, %d not known, %d waited, %d questions, %d lists\n",
                  s.allowed, s.refused, s.unknown, s.waited, atomic_load(&o->issuer->questions),
                  atomic_load(&o->issuer->list_fetches));
    assert_int_equal(s.wrong, 0);
    assert_int_equal(s.woken, s.waited);
    assert_true(s.allowed > 100 && s.refused > 100);
    assert_true(atomic_load(&s.revoked) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threads_ask_while_the_issuer_comes_and_goes, online_start,
                                        online_end),
    };
    return cmocka_run_group_tests_name("guard-opaque-threads", tests, online_make_keys,
                                       online_free_keys);
}
