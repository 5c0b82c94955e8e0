/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard tells its operators as Prometheus text. */
#include "base/array.h"
#include "base/buffer.h"
#include "base/text.h"
#include "guard/metrics_of.h"
#include "guard/metrics_text.h"

#define MAX_METRICS ((size_t)1 << 20)

/* ---- of the guard ---- */

static void append_verdict(buffer *b, const guard_numbers *numbers, const char *verdict,
                           const char *reason, counter which)
{
    buffer_append_format(b, "ostiary_guard_verdicts_total{verdict=\"%s\",reason=\"%s\"} %lld\n",
                         verdict, reason, (long long)numbers->of_guard[which]);
}

static void append_refusal(buffer *b, const guard_numbers *numbers, ost_result reason)
{
    if (numbers->of_guard[counter_of(reason)] > 0)
        append_verdict(b, numbers, "refused", ost_result_name(reason), counter_of(reason));
}

static void append_verdicts(buffer *b, const guard_numbers *numbers)
{
    metrics_head(b, "ostiary_guard_verdicts_total", "counter", "Checked requests by verdict.");
    append_verdict(b, numbers, "allowed", "", COUNT_ALLOWED);
    append_verdict(b, numbers, "waited", "", COUNT_WAITED);
    append_verdict(b, numbers, "refused", "no_token", COUNT_NO_TOKEN);
#define REASON(name, number, category, sentence) append_refusal(b, numbers, name);
    OST_RESULTS(REASON)
#undef REASON
}

/* What is said once, or of the next family where the name is the same. */
typedef struct family {
    const char *name, *type, *help, *labels;
    size_t number;
} family;

static void append_head(buffer *b, const family *all, size_t k)
{
    if (k == 0 || all[k - 1].name != all[k].name)
        metrics_head(b, all[k].name, all[k].type, all[k].help);
}

static void append_guard(buffer *b, const guard_numbers *numbers)
{
    static const char cache[] = "ostiary_guard_signature_cache_total",
                      logout[] = "ostiary_guard_logout_tokens_total",
                      proofs[] = "ostiary_guard_proofs_not_remembered_total";
    static const family all[] = {
        {cache, "counter", "Tokens by whether their signature was remembered.", "{outcome=\"hit\"}",
         COUNT_CACHE_HIT},
        {cache, NULL, NULL, "{outcome=\"miss\"}", COUNT_CACHE_MISS},
        {logout, "counter", "Logout tokens by outcome.", "{outcome=\"taken\"}", COUNT_LOGOUT},
        {logout, NULL, NULL, "{outcome=\"refused\"}", COUNT_LOGOUT_REFUSED},
        {proofs, "counter",
         "Good DPoP proofs that were refused: for their key's share of the memory, or for all.",
         "{reason=\"share\"}", COUNT_PROOF_OVER_SHARE},
        {proofs, NULL, NULL, "{reason=\"room\"}", COUNT_PROOF_NO_ROOM},
        {"ostiary_guard_signature_cache_bytes", "gauge", "Memory of remembered signatures.", "",
         NUMBER_CACHE_BYTES},
        {"ostiary_rsa_faults_total", "counter",
         "RSA results by AVX-512 that were not proven; above 0 the processor is at fault, and does "
         "without.",
         "", NUMBER_RSA_FAULTS},
    };
    for (size_t k = 0; k < ARRAY_LEN(all); k++) {
        append_head(b, all, k);
        buffer_append_format(b, "%s%s %lld\n", all[k].name, all[k].labels,
                             (long long)numbers->of_guard[all[k].number]);
    }
}

/* ---- of its issuers ---- */

static const char fetches[] = "ostiary_issuer_fetches_total",
                  asked[] = "ostiary_issuer_introspections_total",
                  known[] = "ostiary_issuer_introspection_cache_total",
                  lists[] = "ostiary_issuer_status_list_fetches_total";

static const family of_issuers[] = {
    {"ostiary_issuer_revocations_total", "counter", "Revocations that were pushed.", "",
     REVOCATIONS_ADDED},
    {"ostiary_issuer_revocations", "gauge", "Revocations that are remembered.", "",
     REVOCATIONS_HELD},
    {"ostiary_issuer_revocations_dropped_total", "counter",
     "Revocations that made way for others before their time.", "", REVOCATIONS_DROPPED},
    {"ostiary_issuer_revocations_refuse_old", "gauge",
     "Whether older tokens are refused in place of revocations that made way.", "",
     REVOCATIONS_REFUSE_OLD},
    {"ostiary_issuer_ready", "gauge", "Whether the issuer's keys may be used.", "", ISSUER_READY},
    {"ostiary_issuer_keys", "gauge", "Keys of the issuer in use.", "", ISSUER_KEYS},
    {"ostiary_issuer_keys_left_out", "gauge", "Entries of its key set that are not keys here.", "",
     ISSUER_KEYS_LEFT_OUT},
    {"ostiary_issuer_keys_age_seconds", "gauge", "Time since the keys were obtained.", "",
     ISSUER_KEYS_AGE},
    {"ostiary_issuer_fetch_failures", "gauge", "Failed fetches since the last good one.", "",
     ISSUER_FAILURES},
    {"ostiary_issuer_failing_seconds", "gauge",
     "Time since the first of these failures; 0: all is well.", "", ISSUER_FAILING},
    {"ostiary_issuer_kids_held_back_total", "counter",
     "Tokens with unknown kids for which no fetch might begin.", "", ISSUER_HELD_BACK},
    {fetches, "counter", "Attempts to obtain keys.", "outcome=\"good\",", ISSUER_FETCHES_GOOD},
    {fetches, NULL, NULL, "outcome=\"bad\",", ISSUER_FETCHES_BAD},
    {asked, "counter", "Questions to the issuer about tokens, by outcome.", "outcome=\"active\",",
     ASKED_ACTIVE},
    {asked, NULL, NULL, "outcome=\"inactive\",", ASKED_INACTIVE},
    {asked, NULL, NULL, "outcome=\"failed\",", ASKED_FAILED},
    {known, "counter",
     "Tokens that the issuer decides about, by whether its answer was remembered.",
     "outcome=\"hit\",", ASKED_HITS},
    {known, NULL, NULL, "outcome=\"miss\",", ASKED_MISSES},
    {"ostiary_issuer_introspections_held_back_total", "counter",
     "Tokens that the issuer was not asked about: it failed, or was busy.", "", ASKED_HELD_BACK},
    {"ostiary_issuer_introspections_under_way", "gauge", "Questions without an answer so far.", "",
     ASKED_UNDER_WAY},
    {"ostiary_issuer_introspection_failures", "gauge", "Failed questions since the last good one.",
     "", ASKED_FAILURES},
    {"ostiary_issuer_introspection_failing_seconds", "gauge",
     "Time since questions began to go without an answer; 0: all is well.", "", ASKED_FAILING},
    {"ostiary_issuer_introspection_cache_bytes", "gauge", "Memory of remembered answers.", "",
     ASKED_BYTES},
    {"ostiary_issuer_status_lists", "gauge", "Status lists that are held.", "", LISTS_HELD},
    {"ostiary_issuer_status_lists_bytes", "gauge", "Memory of status lists.", "", LISTS_BYTES},
    {"ostiary_issuer_status_list_age_seconds", "gauge", "Time since the oldest one was obtained.",
     "", LISTS_AGE},
    {"ostiary_issuer_status_list_failing_seconds", "gauge",
     "Time since fetches of status lists began to fail; 0: all is well.", "", LISTS_FAILING},
    {lists, "counter", "Attempts to obtain status lists.", "outcome=\"good\",", LISTS_FETCHES_GOOD},
    {lists, NULL, NULL, "outcome=\"bad\",", LISTS_FETCHES_BAD},
};

/* What is off for an issuer is not told of it. */
static bool has_number(const issuer *i, size_t number)
{
    if (number >= LISTS_HELD)
        return i->status_lists != NULL;
    return number < ASKED_ACTIVE || i->introspector != NULL;
}

static void append_issuer(buffer *b, const family *f, const issuer *i, const int64_t *numbers)
{
    if (has_number(i, f->number))
        metrics_sample(b, f->name, f->labels, i->source.name, (long long)numbers[f->number]);
}

/* Each metric with all of its issuers, as the format wants it. */
static void append_issuers(buffer *b, const ost_guard *guard, const guard_numbers *numbers)
{
    for (size_t from = 0, to = 0; from < ARRAY_LEN(of_issuers); from = to) {
        bool any = false;
        for (to = from + 1; to < ARRAY_LEN(of_issuers);) {
            if (of_issuers[to].name != of_issuers[from].name)
                break;
            to++;
        }
        for (size_t k = 0; k < guard->issuer_count; k++) {
            if (!any && has_number(guard->issuers[k], of_issuers[from].number)) {
                append_head(b, of_issuers, from);
                any = true;
            }
            for (size_t f = from; f < to; f++)
                append_issuer(b, &of_issuers[f], guard->issuers[k], numbers->of_issuer[k]);
        }
    }
}

ost_result metrics_of(const ost_guard *guard, const guard_numbers *numbers, ost_arena *arena,
                      ost_text *ret_text)
{
    buffer_auto buffer b = {0};
    buffer_init(&b, MAX_METRICS);
    append_verdicts(&b, numbers);
    append_guard(&b, numbers);
    append_issuers(&b, guard, numbers);
    if (b.failed != OST_OK)
        return b.failed;
    char *copy = ost_arena_copy(arena, buffer_text(&b));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_text = (ost_text){copy, b.len};
    return OST_OK;
}

ost_result ost_guard_metrics(const ost_guard *guard, ost_arena *arena, ost_text *ret_text)
{
    guard_numbers numbers;
    if (guard == NULL || ret_text == NULL)
        return OST_E_ARGUMENT;
    guard_numbers_read(guard, &numbers);
    return metrics_of(guard, &numbers, arena, ret_text);
}
