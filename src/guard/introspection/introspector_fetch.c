/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of an introspector: sending questions, and what their answers mean for the next
 * ones. Everything here runs on the net client's thread. */
#include "guard/introspection/introspector.h"
#include "guard/introspection/introspector_state.h"

#include "base/context.h"
#include "base/text.h"
#include "guard/introspection/introspection_answer.h"
#include "guard/keys/issuer_document.h"

#define FAILED_LIFETIME                                                                            \
    2 /* seconds for which a question that did not get through is not repeated */

/* What went wrong, with the address that was asked. */
static ost_result told(const introspector *in, ost_result result, ost_error *error)
{
    const ost_error why = *error;
    return result == OST_OK || introspection_is_verdict(result) || in->endpoint == NULL
               ? result
               : issuer_document_fail(ISSUER_INTROSPECTION, in->endpoint, result, &why, error);
}

/* ---- the end of a question ---- */

/* False: there is no room for it. */
static bool remember(introspector *in, const question *q, const introspection_answer *answer,
                     int64_t now)
{
    const ost_text name = {(const char *)q->digest, sizeof q->digest};
    const token_facts facts = {
        .generation = (uint64_t)now,
        .payload = answer->claims,
        .expiry = answer->expiry,
    };
    return token_cache_put(in->answers, name, &facts, answer->claims_bytes, now);
}

static void forget(introspector *in, const question *q)
{
    token_cache_forget(in->answers, (ost_text){(const char *)q->digest, sizeof q->digest});
}

/* No answer: the issuer is left in peace, or the token for a moment. Under the lock. */
static void settle_failure(introspector *in, const question *q, ost_result result,
                           answer_blame blame, int64_t now)
{
    unsigned char random = 128;
    (void)!context_random(in->source->context, &random, 1);
    if (blame == BLAME_TOKEN)
        ask_budget_choked(&in->budget, monotonic_ms(), random);
    else
        ask_budget_failed(&in->budget, monotonic_ms(), random, blame == BLAME_ISSUER);
    if (blame != BLAME_ISSUER)
        denied_tokens_put(&in->denied, q->digest,
                          result == OST_E_MEMORY ? OST_E_MEMORY : OST_E_REMOTE, now,
                          now + FAILED_LIFETIME);
}

/* Under the lock. A "no" costs what was spent on it; so does a question that the issuer chokes on,
 * which is remembered as no answer. */
static void settle(introspector *in, question *q, ost_result result, answer_blame blame,
                   int64_t now, const ost_error *error)
{
    bool verdict = introspection_is_verdict(result);
    if (result == OST_OK || verdict) {
        ask_budget_answered(&in->budget);
        in->last_error[0] = '\0';
        in->failing = 0;
    }
    if (q->counted && (result == OST_OK || blame != BLAME_TOKEN))
        ask_budget_refund(&in->budget);
    if (verdict) {
        denied_tokens_put(&in->denied, q->digest, result, now, now + in->inactive_lifetime);
    } else if (result != OST_OK) {
        introspector_note_failure(in, error->detail);
        settle_failure(in, q, result, blame, now);
    }
    questions_remove(&in->questions, q);
}

static void introspection_finish(introspector *in, question *q, ost_result result,
                                 answer_blame blame, int64_t now, const ost_error *error)
{
    bool verdict = introspection_is_verdict(result);
    atomic_fetch_add(result == OST_OK ? &in->active : verdict ? &in->inactive : &in->failed, 1);
    if (verdict)
        forget(in, q);
    pthread_mutex_lock(&in->lock);
    settle(in, q, result, blame, now, error);
    bool gone = ask_budget_doubts(&in->budget);
    pthread_mutex_unlock(&in->lock);
    question_finish(q);
    if (gone)
        introspector_give_up(in);
}

void introspector_give_up(introspector *in)
{
    for (;;) {
        pthread_mutex_lock(&in->lock);
        question *q = questions_start_next(&in->questions);
        if (q != NULL) {
            if (q->counted)
                ask_budget_refund(&in->budget);
            if (in->endpoint == NULL)
                ask_budget_failed(&in->budget, monotonic_ms(), 128, true);
            questions_remove(&in->questions, q);
        }
        pthread_mutex_unlock(&in->lock);
        if (q == NULL)
            return;
        question_finish(q);
    }
}

/* ---- the answer ---- */

static ost_result read_answer(introspector *in, const net_response *response, int64_t now,
                              ost_arena *arena, introspection_answer *answer, ost_error *error)
{
    key_source *source = in->source;
    published_place place;
    const key_snapshot *snapshot = published_enter(&source->keys, &place);
    bool usable = key_source_usable(source, snapshot, monotonic_ms());
    const introspection_rules rules = {
        .issuer = source->name,
        .client_id = in->client_id,
        .algorithms = source->algorithms,
        .require_signed = in->asker.require_signed,
        .leeway = source->leeway,
        .keys = usable ? snapshot->keys : NULL,
    };
    ost_result result = introspection_answer_read(&rules, response, now, arena, answer, error);
    published_leave(&source->keys, place);
    if (result == OST_E_KEY_UNKNOWN)
        (void)key_fetch_may_help(source, answer->kid, usable, NULL);
    return result;
}

static void on_answer(const net_response *response, void *user)
{
    question *q = user;
    introspector *in = q->owner;
    ost_error error = {0};
    introspection_answer answer = {.blame = BLAME_EITHER};
    int64_t now = ost_now(in->source->context);
    ost_result result = ost_error_set(&error, OST_E_MEMORY, "out of memory");
    ost_arena *arena = ost_arena_new(INTROSPECTION_ARENA);
    if (arena != NULL)
        result = read_answer(in, response, now, arena, &answer, &error);
    if (result == OST_OK && !remember(in, q, &answer, now))
        result = ost_error_set(&error, OST_E_MEMORY, "there is no room to remember the answer");
    ost_arena_free(arena);
    result = told(in, result, &error);
    unsigned hold = net_retry_after(response, ASK_HOLD_MAX);
    introspection_finish(in, q, result, answer.blame, now, &error);
    if (hold > 0) {
        pthread_mutex_lock(&in->lock);
        ask_budget_hold(&in->budget, monotonic_ms(), hold);
        pthread_mutex_unlock(&in->lock);
    }
    introspector_on_time(in);
}

/* ---- the question ---- */

static ost_result send_request(introspector *in, question *q, const char *url, ost_error *error)
{
    introspection_request made;
    ost_result result = introspection_request_write(&in->asker, (ost_text){q->text, q->len}, &made);
    if (result == OST_OK) {
        made.request.url = url;
        made.request.ca_file = in->source->ca_file;
        made.request.proxy = in->source->proxy;
        made.request.no_proxy = in->source->no_proxy;
        made.request.timeout_ms = in->source->fetch_timeout * 1000;
        made.request.max_body = INTROSPECTION_BODY_MAX;
        made.request.insecure_http = in->source->insecure_http;
        trace_current_resume(&q->trace);
        result = net_fetch(in->source->net, &made.request, on_answer, q, error);
        trace_current_set(NULL);
    } else {
        ost_error_set(error, result, "the question cannot be written: %s",
                      ost_result_sentence(result));
    }
    introspection_request_clear(&made);
    return result;
}

/* Only this thread replaces the endpoint, so that it can be read without the lock. */
void introspector_on_time(void *user)
{
    introspector *in = user;
    if (in->endpoint == NULL) {
        if (!key_fetch_is_under_way(in->source))
            introspector_give_up(in);
        return;
    }
    for (;;) {
        ost_error error = {0};
        pthread_mutex_lock(&in->lock);
        bool may = !in->ended && in->questions.started < INTROSPECTOR_ASKED;
        question *q = may ? questions_start_next(&in->questions) : NULL;
        pthread_mutex_unlock(&in->lock);
        if (q == NULL)
            return;
        ost_result result = send_request(in, q, in->endpoint, &error);
        result = told(in, result, &error);
        if (result != OST_OK)
            introspection_finish(in, q, result, BLAME_EITHER, ost_now(in->source->context), &error);
    }
}

void introspector_fetch_ended(introspector *in)
{
    if (in != NULL)
        introspector_on_time(in);
}
