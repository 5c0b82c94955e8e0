/* SPDX-License-Identifier: Apache-2.0 */
/* A guard with a network; see online.h. */
#include "online.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context.h"
#include "forge.h"

static ost_key *all_keys[ONLINE_KEYS];

int online_make_keys(void **state)
{
    for (int i = 0; i < ONLINE_KEYS; i++) {
        char kid[16];
        snprintf(kid, sizeof kid, "k%d", i);
        if (ost_key_generate(OST_ES256, 0, kid, &all_keys[i], NULL) != OST_OK)
            return -1;
    }
    return 0;
}

int online_free_keys(void **state)
{
    for (int i = 0; i < ONLINE_KEYS; i++)
        ost_key_unref(all_keys[i]);
    return 0;
}

int online_start(void **state)
{
    online *o = calloc(1, sizeof *o);
    o->arena = ost_arena_new((size_t)16 << 20);
    memcpy(o->keys, all_keys, sizeof all_keys);
    o->issuer = fake_issuer_start();
    fake_issuer_publish(o->issuer, (ost_key *const[]){o->keys[0], NULL});
    *state = o;
    return 0;
}

int online_end(void **state)
{
    online *o = *state;
    ost_guard_free(o->guard);
    fake_issuer_stop(o->issuer);
    ost_arena_free(o->arena);
    free(o);
    return 0;
}

ost_guard *online_guard_of(fake_issuer *const *issuers, size_t count, ost_issuer config)
{
    static const char *const audiences[] = {"myapi"};
    ost_issuer all[16];
    ost_guard *guard;
    ost_error error = {0};
    assert_true(count <= 16);
    config.audiences = audiences;
    config.audience_count = 1;
    for (size_t i = 0; i < count; i++) {
        all[i] = config;
        all[i].issuer = issuers[i]->name;
    }
    const ost_guard_config guard_config = {.issuers = all, .issuer_count = count};
    if (ost_guard_new(&guard_config, &guard, &error) != OST_OK)
        fail_msg("%s", error.detail);
    return guard;
}

void online_guard(online *o, ost_issuer config)
{
    o->guard = online_guard_of(&o->issuer, 1, config);
}

ost_text online_token(online *o, const fake_issuer *issuer, const ost_key *key)
{
    ost_text token;
    char *claims = ost_arena_format(
        o->arena,
        "{\"iss\":\"%s\",\"aud\":\"myapi\",\"typ\":\"Bearer\",\"sub\":\"alice\",\"exp\":%lld}",
        issuer->name, (long long)ost_now(NULL) + 3600);
    assert_non_null(claims);
    assert_int_equal(ost_jws_sign(text_of(claims), key, OST_ES256, "JWT", o->arena, &token),
                     OST_OK);
    return token;
}

ost_verdict online_check_now(online *o, ost_guard *guard, ost_text token, bool may_wait)
{
    const ost_credentials credentials = {.bearer = token};
    ost_verdict verdict;
    ost_guard_check(guard, &fixture_any, &credentials, may_wait, o->arena, &verdict);
    return verdict;
}

ost_text online_unknown_token(online *o, int i)
{
    char *header = ost_arena_format(o->arena, "{\"alg\":\"ES256\",\"kid\":\"unknown-%d\"}", i);
    char *claims = ost_arena_format(o->arena, "{\"iss\":\"%s\",\"aud\":\"myapi\",\"exp\":%lld}",
                                    o->issuer->name, (long long)ost_now(NULL) + 60);
    ost_text input = forge_input(o->arena, text_of(header), text_of(claims));
    unsigned char signature[64] = {1};
    return forge_join(o->arena, input, signature, sizeof signature);
}

void online_publish(online *o, ost_key *first, ost_key *second)
{
    ost_key *const keys[] = {first, second, NULL};
    fake_issuer_publish(o->issuer, keys);
}

static void wake(void *user)
{
    sem_post(user);
}

ost_verdict online_check(online *o, ost_guard *guard, ost_text token)
{
    sem_t woken;
    sem_init(&woken, 0, 0);
    ost_verdict verdict = online_check_now(o, guard, token, true);
    if (verdict.decision == OST_WAIT) {
        if (ost_guard_wait(guard, &verdict, wake, &woken) == OST_OK)
            sem_wait(&woken);
        verdict = online_check_now(o, guard, token, false);
    }
    sem_destroy(&woken);
    return verdict;
}

void online_count(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

bool online_until(bool (*holds)(void *user), void *user, double seconds)
{
    int64_t end = monotonic_ms() + (int64_t)(seconds * 1000);
    while (!holds(user)) {
        if (monotonic_ms() > end)
            return false;
        usleep(2000);
    }
    return true;
}

typedef struct at_least {
    atomic_int *number;
    int wanted;
} at_least;

static bool is_reached(void *user)
{
    at_least *a = user;
    return atomic_load(a->number) >= a->wanted;
}

bool online_until_number(atomic_int *number, int wanted, double seconds)
{
    return online_until(is_reached, &(at_least){number, wanted}, seconds);
}

const ost_json *online_state(online *o, ost_guard *guard, size_t issuer, const char *member)
{
    ost_text text;
    const ost_json *document;
    ost_json_writer *writer = ost_json_writer_new(o->arena, 0);
    ost_guard_describe(guard, writer);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    assert_int_equal(ost_json_read(text, NULL, o->arena, &document, NULL), OST_OK);
    const ost_json *at = ost_json_first(ost_json_get(document, "issuers"));
    while (issuer-- > 0)
        at = ost_json_next(at);
    return ost_json_get(at, member);
}

bool online_has_error(online *o, ost_guard *guard, size_t which, const char *words)
{
    ost_text said = {0};
    (void)!ost_json_text(online_state(o, guard, which, "last_error"), &said);
    char *copy = ost_arena_copy(o->arena, said);
    if (strstr(copy, words) == NULL)
        print_error("%zu: \"%s\" where \"%s\" is expected\n", which, copy, words);
    return strstr(copy, words) != NULL;
}

double online_metric(online *o, ost_guard *guard, const char *start_of_line)
{
    ost_text text, line;
    assert_int_equal(ost_guard_metrics(guard, o->arena, &text), OST_OK);
    while (text_next(&text, '\n', &line)) {
        if (text_starts(line, start_of_line))
            return strtod(line.data + text_find(line, ' ', strlen(start_of_line) - 1), NULL);
    }
    return -1;
}
