/* SPDX-License-Identifier: Apache-2.0 */
/* A guard that asks its issuer; see inquiry.h. */
#include "inquiry.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"

const ost_introspection inquiry_by_secret = {.client_id = "my api", .client_secret = "s&cret"};
_Atomic int64_t inquiry_now;

static int64_t held_clock(void *user)
{
    return atomic_load((_Atomic int64_t *)user);
}

const ost_context inquiry_context = {.now = held_clock, .user = &inquiry_now};

const char *inquiry_good(online *o, const char *more)
{
    return ost_arena_format(o->arena,
                            "{\"active\":true,\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\","
                            "\"exp\":%lld,\"token_type\":\"Bearer\"%s}",
                            o->issuer->name, (long long)atomic_load(&inquiry_now) + 300, more);
}

ost_guard *inquiry_guard(online *o, ost_issuer config)
{
    static const char *const audiences[] = {"myapi"};
    ost_guard *guard;
    ost_error error = {0};
    config.issuer = o->issuer->name;
    if (!config.insecure_any_audience) {
        config.audiences = audiences;
        config.audience_count = 1;
    }
    if (config.introspection.client_id == NULL)
        config.introspection = inquiry_by_secret;
    const ost_guard_config all = {
        .issuers = &config, .issuer_count = 1, .context = &inquiry_context, .realm = "items"};
    if (ost_guard_new(&all, &guard, &error) != OST_OK)
        fail_msg("%s", error.detail);
    return guard;
}

int inquiry_start(void **state)
{
    atomic_store(&inquiry_now, ost_now(NULL));
    int failed = online_start(state);
    online *o = *state;
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ""));
    return failed;
}

void inquiry_begin(online *o, ost_introspection config)
{
    o->guard = inquiry_guard(o, (ost_issuer){.introspection = config});
    assert_true(ost_guard_wait_ready(o->guard, 5));
}

int inquiry_questions(online *o)
{
    return atomic_load(&o->issuer->questions);
}

void inquiry_expect(online *o, const char *token, ost_result reason, int status)
{
    ost_verdict verdict = online_check(o, o->guard, text_of(token));
    if (verdict.reason != reason || verdict.status != status)
        fail_msg("%s: %s %d %.*s", token, ost_result_name(verdict.reason), verdict.status,
                 (int)verdict.explanation.len, verdict.explanation.data);
    assert_int_equal(verdict.decision == OST_ALLOW, status == 200);
    assert_int_equal(verdict.identity != NULL, status == 200);
    assert_int_equal(verdict.retry_after > 0, status == 503);
    assert_int_equal(verdict.challenge.len > 0, status == 401 || status == 400);
}

bool inquiry_asked(online *o, const char *part)
{
    pthread_mutex_lock(&o->issuer->lock);
    bool found =
        strstr(o->issuer->asked_head, part) != NULL || strstr(o->issuer->asked_body, part) != NULL;
    pthread_mutex_unlock(&o->issuer->lock);
    return found;
}
