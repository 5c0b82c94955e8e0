/* SPDX-License-Identifier: Apache-2.0 */
/* What is not of a realm: health, metrics, the root, and paths that lead nowhere. */
#include "base/array.h"
#include "base/buffer.h"
#include "base/context.h"
#include "base/text.h"
#include "http/monitoring/http_metrics.h"
#include "provider/call/call_event.h"
#include "provider/call/provider_state.h"
#include "provider/client/document_cache.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/realm_page.h"
#include "provider/logout/logout_post.h"
#include "provider/mail/mailer.h"
#include "provider/pkcs11/pkcs11_module.h"
#include "provider/signing/signing_process.h"
#include "store/store_health.h"
#include "trace/tracer.h"

#define MAX_METRICS ((size_t)1 << 20)

/* Alive, and with realms to serve: nothing that a restart would better. */
void live_endpoint(http_exchange *exchange, void *user)
{
    provider *p = user;
    bool up = atomic_load(&p->realms.current) != NULL;
    http_respond(exchange, up ? 200 : 503, "application/json",
                 up ? OST_TEXT("{\"status\":\"UP\",\"checks\":[]}")
                    : OST_TEXT("{\"status\":\"DOWN\",\"checks\":[]}"));
}

static int64_t seconds_since(int64_t since_ms)
{
    return (monotonic_ms() - since_ms) / 1000;
}

/* In the form of Keycloak's, whose check of its database has the same meaning. */
void ready_endpoint(http_exchange *exchange, void *user)
{
    provider *p = user;
    store_health health;
    store_health_read(p->store, &health);
    if (health.fault == STORE_WORKS) {
        live_endpoint(exchange, user);
        return;
    }
    ost_json_writer *w = ost_json_writer_new(http_arena(exchange), 0);
    if (w == NULL) {
        http_respond(exchange, 503, NULL, (ost_text){0});
        return;
    }
    ost_json_open_object(w);
    ost_json_member_string(w, "status", "DOWN");
    ost_json_put_name(w, OST_TEXT("checks"));
    ost_json_open_array(w);
    ost_json_open_object(w);
    ost_json_member_string(w, "name", "store");
    ost_json_member_string(w, "status", "DOWN");
    ost_json_put_name(w, OST_TEXT("data"));
    ost_json_open_object(w);
    ost_json_member_string(w, "reason", store_fault_word(health.fault));
    ost_json_member_integer(w, "failing", seconds_since(health.since_ms));
    ost_json_close_object(w);
    ost_json_close_object(w);
    ost_json_close_array(w);
    ost_json_close_object(w);
    http_set_reason(exchange, "the store fails: %s", store_fault_sentence(health.fault));
    (void)!http_set_field(exchange, "Cache-Control", OST_TEXT("no-store"));
    http_respond_json(exchange, 503, w);
}

static uint64_t counter(provider *p, provider_counter which)
{
    return atomic_load_explicit(&p->counters[which], memory_order_relaxed);
}

static void append_events(provider *p, buffer *to)
{
    buffer_append_string(to, "# HELP ostiary_provider_events_total Events, by Keycloak's names.\n"
                             "# TYPE ostiary_provider_events_total counter\n");
    for (unsigned type = 0; type < EVENTS; type++) {
        for (unsigned failed = 0; failed < 2; failed++)
            buffer_append_format(to, "ostiary_provider_events_total{event=\"%s\"} %llu\n",
                                 event_name((event_type)type, failed != 0),
                                 (unsigned long long)atomic_load_explicit(&p->events[type][failed],
                                                                          memory_order_relaxed));
    }
}

static void append_store(const provider *p, buffer *to)
{
    store_health health;
    store_health_read(p->store, &health);
    bool fails = health.fault != STORE_WORKS;
    buffer_append_format(
        to,
        "# HELP ostiary_provider_store_failing_seconds Since when the store has failed; 0: it "
        "works.\n"
        "# TYPE ostiary_provider_store_failing_seconds gauge\n"
        "ostiary_provider_store_failing_seconds %.3f\n"
        "# HELP ostiary_provider_store_failures_total Work that came to nothing because the store "
        "failed.\n"
        "# TYPE ostiary_provider_store_failures_total counter\n",
        fails ? ((double)(monotonic_ms() - health.since_ms) + 1) / 1000 : 0);
    for (unsigned fault = STORE_WORKS + 1; fault < STORE_FAULTS; fault++)
        buffer_append_format(to, "ostiary_provider_store_failures_total{reason=\"%s\"} %llu\n",
                             store_fault_word((store_fault)fault),
                             (unsigned long long)health.failures[fault]);
}

static void append_documents(provider *p, buffer *to)
{
    uint64_t fetches, failures;
    document_cache_count(p->documents, &fetches, &failures);
    buffer_append_format(
        to,
        "# HELP ostiary_provider_client_document_fetches_total Fetches of documents that clients "
        "describe themselves by, by whether they brought one.\n"
        "# TYPE ostiary_provider_client_document_fetches_total counter\n"
        "ostiary_provider_client_document_fetches_total{outcome=\"fetched\"} %llu\n"
        "ostiary_provider_client_document_fetches_total{outcome=\"failed\"} %llu\n",
        (unsigned long long)(fetches - failures), (unsigned long long)failures);
}

static void append_deliveries(buffer *to, const char *name, const char *help,
                              const delivery_count *count)
{
    buffer_append_format(to,
                         "# HELP ostiary_provider_%s_total %s, by outcome; given_up: the last "
                         "attempt has failed.\n"
                         "# TYPE ostiary_provider_%s_total counter\n"
                         "ostiary_provider_%s_total{outcome=\"sent\"} %llu\n"
                         "ostiary_provider_%s_total{outcome=\"failed\"} %llu\n"
                         "ostiary_provider_%s_total{outcome=\"given_up\"} %llu\n",
                         name, help, name, name, (unsigned long long)count->sent, name,
                         (unsigned long long)count->failed, name,
                         (unsigned long long)count->given_up);
}

static void append_logouts(provider *p, buffer *to)
{
    logout_post_state s;
    logout_post_read_state(p->logouts, &s);
    append_deliveries(to, "logout_tokens", "Logout tokens that were brought to clients",
                      &s.of[DELIVERY_LOGOUT]);
    append_deliveries(to, "notifications", "Clients that were told that a user has answered (CIBA)",
                      &s.of[DELIVERY_NOTIFICATION]);
    buffer_append_format(to,
                         "# HELP ostiary_provider_logout_tokens_waiting Logouts, and answers of "
                         "users, of which a client is still to be told.\n"
                         "# TYPE ostiary_provider_logout_tokens_waiting gauge\n"
                         "ostiary_provider_logout_tokens_waiting %lld\n",
                         (long long)s.waiting);
}

static void append_mails(provider *p, buffer *to)
{
    mailer_state s;
    mailer_read_state(p->mails, &s);
    buffer_append_format(
        to,
        "# HELP ostiary_provider_mails_total Attempts to bring a mail to its server, by outcome; "
        "given_up: the last attempt of one that nobody waits for has failed; refused: too many "
        "waited.\n"
        "# TYPE ostiary_provider_mails_total counter\n"
        "ostiary_provider_mails_total{outcome=\"sent\"} %llu\n"
        "ostiary_provider_mails_total{outcome=\"failed\"} %llu\n"
        "ostiary_provider_mails_total{outcome=\"given_up\"} %llu\n"
        "ostiary_provider_mails_total{outcome=\"refused\"} %llu\n"
        "# HELP ostiary_provider_mails_waiting Mails that wait for an attempt.\n"
        "# TYPE ostiary_provider_mails_waiting gauge\n"
        "ostiary_provider_mails_waiting %llu\n"
        "# HELP ostiary_provider_mail_failing_seconds Since when the mail server of a realm has "
        "failed, the longest; 0: none does.\n"
        "# TYPE ostiary_provider_mail_failing_seconds gauge\n"
        "ostiary_provider_mail_failing_seconds %.3f\n",
        (unsigned long long)s.sent, (unsigned long long)s.failed, (unsigned long long)s.given_up,
        (unsigned long long)s.refused, (unsigned long long)s.waiting,
        s.failing_ms > 0 ? ((double)(monotonic_ms() - s.failing_ms) + 1) / 1000 : 0);
}

static void append_counts(provider *p, buffer *to)
{
    const struct {
        const char *name, *type, *help;
        uint64_t value;
    } rows[] = {
        {"logins_total", "counter", "Passwords that were right.", counter(p, COUNT_LOGINS)},
        {"failed_logins_total", "counter", "Passwords that were wrong.",
         counter(p, COUNT_LOGINS_FAILED)},
        {"blocked_logins_total", "counter", "Logins refused after too many failures.",
         counter(p, COUNT_LOGINS_BLOCKED)},
        {"busy_logins_total", "counter", "Logins refused because too many were waiting.",
         counter(p, COUNT_LOGINS_BUSY)},
        {"tokens_total", "counter", "Access tokens signed.", counter(p, COUNT_TOKENS)},
        {"replayed_codes_total", "counter", "Codes that were used before.",
         counter(p, COUNT_CODES_REPLAYED)},
        {"replayed_refresh_tokens_total", "counter", "Refresh tokens that were used too often.",
         counter(p, COUNT_REFRESHES_REPLAYED)},
        {"uses_over_share_total", "counter",
         "Proofs and assertions refused since their key, client or issuer has its share of the "
         "memory.",
         counter(p, COUNT_USES_OVER_SHARE)},
        {"realms", "gauge", "Realms served.", provider_realm_count(p)},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        buffer_append_format(to,
                             "# HELP ostiary_provider_%s %s\n# TYPE ostiary_provider_%s %s\n"
                             "ostiary_provider_%s %llu\n",
                             rows[i].name, rows[i].help, rows[i].name, rows[i].type, rows[i].name,
                             (unsigned long long)rows[i].value);
}

static void append_keys(provider *p, buffer *to)
{
    buffer_append_format(
        to,
        "# HELP ostiary_provider_keys_made_total Keys made by a schedule.\n"
        "# TYPE ostiary_provider_keys_made_total counter\n"
        "ostiary_provider_keys_made_total %llu\n"
        "# HELP ostiary_provider_keys_promoted_total Keys that have begun to sign, by a schedule "
        "or after key rotate.\n"
        "# TYPE ostiary_provider_keys_promoted_total counter\n"
        "ostiary_provider_keys_promoted_total %llu\n"
        "# HELP ostiary_provider_key_rotations_failed_total Keys that a schedule asked for and "
        "that could not be made.\n"
        "# TYPE ostiary_provider_key_rotations_failed_total counter\n"
        "ostiary_provider_key_rotations_failed_total %llu\n",
        (unsigned long long)counter(p, COUNT_KEYS_MADE),
        (unsigned long long)counter(p, COUNT_KEYS_PROMOTED),
        (unsigned long long)counter(p, COUNT_KEYS_FAILED));
}

static void append_signing(provider *p, buffer *to)
{
    buffer_append_format(
        to,
        "# HELP ostiary_provider_signing_process_starts_total How often a signing process has been "
        "started; more than once: it has died.\n"
        "# TYPE ostiary_provider_signing_process_starts_total counter\n"
        "ostiary_provider_signing_process_starts_total %llu\n"
        "# HELP ostiary_provider_signing_works 0: the signing process is gone, and nothing is "
        "signed.\n"
        "# TYPE ostiary_provider_signing_works gauge\n"
        "ostiary_provider_signing_works %d\n",
        (unsigned long long)signing_process_starts(p->signing), signing_process_works(p->signing));
}

static void append_device(provider *p, buffer *to)
{
    buffer_append_format(
        to,
        "# HELP ostiary_provider_device_works 0: the device with the private keys did not make the "
        "last signature.\n"
        "# TYPE ostiary_provider_device_works gauge\n"
        "ostiary_provider_device_works %d\n",
        pkcs11_module_works(p->device));
}

void metrics_endpoint(http_exchange *exchange, void *user)
{
    provider *p = user;
    buffer_auto buffer b = {0};
    buffer_init(&b, MAX_METRICS);
    http_metrics_append(p->server, p->log, &b);
    tracer_metrics_append(p->tracer, &b);
    append_counts(p, &b);
    append_events(p, &b);
    append_documents(p, &b);
    append_logouts(p, &b);
    append_mails(p, &b);
    append_keys(p, &b);
    append_signing(p, &b);
    append_device(p, &b);
    append_store(p, &b);
    (void)!http_set_field(exchange, "Cache-Control", OST_TEXT("no-store"));
    if (b.failed != OST_OK)
        http_respond(exchange, 503, NULL, (ost_text){0});
    else
        http_respond(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", buffer_text(&b));
}

void root_endpoint(http_exchange *exchange, void *user)
{
    (void)user;
    page_send_root(exchange);
}

void not_found_endpoint(http_exchange *exchange, void *user)
{
    int status = http_fallback_status(exchange);
    ost_text accept = http_request_field(http_request_of(exchange), "accept");
    (void)user;
    if (status == 404 && accept.len > 0 && text_starts(accept, "text/html")) {
        page_send_not_found(exchange);
        return;
    }
    http_respond(exchange, status, status == 204 ? NULL : "application/json",
                 status == 405   ? OST_TEXT("{\"error\":\"HTTP 405 Method Not Allowed\"}")
                 : status == 204 ? (ost_text){0}
                                 : OST_TEXT("{\"error\":\"HTTP 404 Not Found\"}"));
}
