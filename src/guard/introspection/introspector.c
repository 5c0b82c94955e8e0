/* SPDX-License-Identifier: Apache-2.0 */
/* Remembered answers, and when the issuer is asked; see introspector.h. */
#include "guard/introspection/introspector.h"
#include "guard/introspection/introspector_state.h"

#include <string.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"

#define TICK 1 /* second */

/* ---- the question ---- */

/* Under the lock. */
static ost_result hold_back(introspector *in, ost_result reason, unsigned seconds, const char *why,
                            introspection *ret, ost_error *error)
{
    ret->retry_after = seconds;
    return ost_error_set(error, reason, "issuer %.80s cannot be asked about the token now: %s",
                         in->source->name, why);
}

/* Seconds for which no new question is to be asked, of one about a token that is not asked about
 * yet; 0: ask. While the issuer is left in peace, one question finds out whether it is back. Under
 * the lock. */
static unsigned pause_of(introspector *in, bool renewal, int64_t now)
{
    unsigned pause = ask_budget_pause(&in->budget, now);
    if (pause == 0 && ask_budget_doubts(&in->budget) && in->questions.count > 0)
        pause = 1;
    return pause > 0 && renewal && ask_budget_may_probe(&in->budget, now) ? 0 : pause;
}

/* A token that nothing is known of, or whose answer has become old: then `renewal`, and it need not
 * stand in line with what strangers make up. Under the lock. */
static ost_result begin_question(introspector *in, const unsigned char *digest, ost_text token,
                                 bool renewal, introspection *ret, ost_error *error)
{
    int64_t now = monotonic_ms();
    if (in->ended)
        return hold_back(in, OST_E_BUSY, 1, "the guard has been stopped", ret, error);
    question *q = questions_find(&in->questions, digest);
    unsigned pause = q == NULL ? pause_of(in, renewal, now) : 0;
    if (pause > 0)
        return hold_back(in, OST_E_REMOTE, pause, in->last_error, ret, error);
    if (q == NULL && !renewal && !ask_budget_spend(&in->budget, now))
        return hold_back(in, OST_E_BUSY, 1, "too many unknown tokens came", ret, error);
    if (q == NULL) {
        q = questions_add(&in->questions, digest, token, in);
        if (q == NULL) {
            if (!renewal)
                ask_budget_refund(&in->budget);
            return hold_back(in, OST_E_BUSY, 1, "too many questions are open", ret, error);
        }
        q->counted = !renewal;
        net_timer_set(in->timer, 0);
    }
    ret->ticket = q->ticket;
    return hold_back(in, OST_E_BUSY, 1, "it is being asked", ret, error);
}

static ost_result begin_unless_denied(introspector *in, const unsigned char *digest, ost_text token,
                                      int64_t now, bool renewal, introspection *ret,
                                      ost_error *error)
{
    ost_result reason = denied_tokens_get(&in->denied, digest, now);
    if (reason == OST_OK)
        return begin_question(in, digest, token, renewal, ret, error);
    if (reason == OST_E_REMOTE || reason == OST_E_MEMORY)
        return hold_back(in, reason, 1,
                         in->last_error[0] != '\0' ? in->last_error
                                                   : "this question failed just now",
                         ret, error);
    return ost_error_set(error, reason, "issuer %.80s was asked: %s", in->source->name,
                         ost_result_sentence(reason));
}

/* Before the discovery document has been read there is nobody to ask, and only fetching it can
 * change that. */
static bool endpoint_is_in_sight(introspector *in)
{
    return introspector_has_endpoint(in) ||
           key_fetch_may_help(in->source, (ost_text){0}, false, NULL);
}

static ost_result ask(introspector *in, const unsigned char *digest, ost_text token, int64_t now,
                      bool renewal, introspection *ret, ost_error *error)
{
    ost_result result;
    bool in_sight = endpoint_is_in_sight(in);
    pthread_mutex_lock(&in->lock);
    if (in_sight)
        result = begin_unless_denied(in, digest, token, now, renewal, ret, error);
    else
        result =
            hold_back(in, OST_E_REMOTE, 5, "its introspection endpoint is not known", ret, error);
    pthread_mutex_unlock(&in->lock);
    if (ret->retry_after > 0 && ret->ticket == 0)
        atomic_fetch_add_explicit(&in->held_back, 1, memory_order_relaxed);
    return result;
}

/* Not, either, when it is dated in the future: the clock has been set back. But a check may have
 * begun a moment before the answer came. */
static bool is_fresh(const introspector *in, const remembered *known, int64_t now)
{
    int64_t age = now - (int64_t)known->facts.generation;
    return age >= -TICK && age < in->lifetime;
}

/* An answer in the last fifth of its lifetime still counts, and is renewed meanwhile. */
static void renew_ahead(introspector *in, const unsigned char *digest, ost_text token, int64_t now,
                        const remembered *known)
{
    introspection unused = {0};
    if (now - (int64_t)known->facts.generation >= in->lifetime - in->lifetime / 5)
        (void)!ask(in, digest, token, now, true, &unused, NULL);
}

ost_result introspector_ask(introspector *in, ost_text token, int64_t now, ost_arena *arena,
                            introspection *ret, ost_error *error)
{
    unsigned char digest[32];
    introspection said = {0};
    ost_result result = ost_sha256(token, digest);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    const ost_text name = {(const char *)digest, sizeof digest};
    const remembered *known = token_cache_get(in->answers, name, now, arena);
    if (known != NULL && is_fresh(in, known, now)) {
        atomic_fetch_add_explicit(&in->hits, 1, memory_order_relaxed);
        renew_ahead(in, digest, token, now, known);
        said.claims = known->claims;
    } else {
        atomic_fetch_add_explicit(&in->misses, 1, memory_order_relaxed);
        result = ask(in, digest, token, now, known != NULL, &said, error);
    }
    *ret = said;
    return result;
}

ost_result introspector_wait(introspector *in, uint64_t ticket, void (*ready)(void *user),
                             void *user)
{
    pthread_mutex_lock(&in->lock);
    ost_result result =
        in->ended ? OST_E_BUSY : questions_wait(&in->questions, ticket, ready, user);
    pthread_mutex_unlock(&in->lock);
    return result;
}

void introspector_end(introspector *in)
{
    if (in == NULL)
        return;
    pthread_mutex_lock(&in->lock);
    in->ended = true;
    question_waiter *waiters = questions_dismiss(&in->questions);
    pthread_mutex_unlock(&in->lock);
    question_waiters_call(waiters);
}

/* ---- where and what for ---- */

void introspector_discovered(introspector *in, char *url)
{
    if (in == NULL || in->fixed_endpoint) {
        memory_free(url);
        return;
    }
    pthread_mutex_lock(&in->lock);
    if (url != NULL) {
        memory_free(in->endpoint);
        in->endpoint = url;
    }
    if (in->endpoint == NULL)
        introspector_note_failure(in, "the discovery document names no introspection_endpoint, or "
                                      "cannot be had");
    pthread_mutex_unlock(&in->lock);
}

void introspector_note_failure(introspector *in, const char *why)
{
    (void)text_to_string(text_of(why), in->last_error, sizeof in->last_error);
    if (in->failing == 0)
        in->failing = monotonic_ms();
}

bool introspector_has_endpoint(introspector *in)
{
    pthread_mutex_lock(&in->lock);
    bool known = in->endpoint != NULL;
    pthread_mutex_unlock(&in->lock);
    return known;
}

const char *introspector_prefix(const introspector *in)
{
    return in->prefix;
}

bool introspector_wants_jwts(const introspector *in)
{
    return in->every_token;
}

void introspector_read_state(introspector *in, introspector_state *ret_state)
{
    *ret_state = (introspector_state){
        .bytes = token_cache_bytes(in->answers),
        .active = atomic_load_explicit(&in->active, memory_order_relaxed),
        .inactive = atomic_load_explicit(&in->inactive, memory_order_relaxed),
        .failed = atomic_load_explicit(&in->failed, memory_order_relaxed),
        .hits = atomic_load_explicit(&in->hits, memory_order_relaxed),
        .misses = atomic_load_explicit(&in->misses, memory_order_relaxed),
        .held_back = atomic_load_explicit(&in->held_back, memory_order_relaxed),
    };
    pthread_mutex_lock(&in->lock);
    ret_state->has_endpoint = in->endpoint != NULL;
    ret_state->failures = in->budget.failures;
    ret_state->failing = in->failing > 0 ? (monotonic_ms() - in->failing) / 1000 : -1;
    ret_state->under_way = in->questions.count;
    text_to_string(text_of(in->last_error), ret_state->last_error, sizeof ret_state->last_error);
    pthread_mutex_unlock(&in->lock);
}
