/* SPDX-License-Identifier: Apache-2.0 */
/* The guard's life; see <ostiary/guard.h>. */
#include <string.h>
#include <time.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/or_default.h"
#include "base/text.h"
#include "guard/guard_state.h"
#include "guard/logout/revoke.h"
#include "guard/opaque.h"

#define DEFAULT_ENTRIES 10000
#define MAX_ENTRIES ((size_t)1 << 24)
#define DEFAULT_REVOCATIONS 100000
#define LOGOUT_TOKENS 100000 /* of the last minutes, that must not come twice */
#define DEFAULT_BYTES ((size_t)64 << 20)
#define DEFAULT_TOKEN ((size_t)16 << 10)
#define MAX_TOKEN ((size_t)64 << 10)

static ost_result check_numbers(const ost_guard_config *config, ost_error *error)
{
    if (config->issuers == NULL || config->issuer_count == 0 ||
        config->issuer_count > GUARD_ISSUERS) {
        return ost_error_set(error, OST_E_CONFIG, "a guard trusts 1 to %d issuers", GUARD_ISSUERS);
    }
    if (config->max_token > MAX_TOKEN)
        return ost_error_set(error, OST_E_CONFIG, "tokens are read up to 64 KiB");
    if (config->cache_entries > MAX_ENTRIES)
        return ost_error_set(error, OST_E_CONFIG, "at most 16 million tokens are remembered");
    if (config->revocation_entries > MAX_ENTRIES)
        return ost_error_set(error, OST_E_CONFIG, "at most 16 million revocations are remembered");
    return OST_OK;
}

static ost_result configure(ost_guard *guard, const ost_guard_config *config, ost_error *error)
{
    ost_result result = check_numbers(config, error);
    if (result != OST_OK)
        return result;
    guard->context = config->context;
    guard->max_token = OR_DEFAULT(config->max_token, DEFAULT_TOKEN);
    guard->decryption_keys = ost_keyset_ref(config->decryption_keys);
    guard->decryption = config->decryption;
    guard->realm = memory_copy(text_of(config->realm != NULL ? config->realm : "ostiary"));
    if (config->resource_metadata != NULL)
        guard->resource_metadata = memory_copy(text_of(config->resource_metadata));
    if (guard->realm == NULL || (config->resource_metadata != NULL && !guard->resource_metadata))
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    result = proof_cache_new(guard->context, LOGOUT_TOKENS, &guard->logouts);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    result = sender_rules_init(&guard->sender, &config->dpop, guard->context, error);
    if (result != OST_OK)
        return result;
    guard->style = (refusal_style){guard->realm, guard->resource_metadata, guard->sender.algs,
                                   config->insecure_explain};
    if (config->no_cache)
        return OST_OK;
    result = token_cache_new(guard->context, OR_DEFAULT(config->cache_entries, DEFAULT_ENTRIES),
                             OR_DEFAULT(config->cache_bytes, DEFAULT_BYTES), &guard->cache);
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "out of memory");
}

/* Room for whatever all issuers may have under way at once, with their keys: none that hangs takes
 * it from the others. */
static ost_result start_net(ost_guard *guard, size_t issuers, ost_error *error)
{
    const size_t of_each = 1 + INTROSPECTOR_ASKED + STATUS_FETCHED;
    ost_result result = net_client_new(issuers * of_each, &guard->net);
    if (result == OST_OK)
        return OST_OK;
    return ost_error_set(error, result, "the background thread cannot be started");
}

static ost_result add_issuers(ost_guard *guard, const ost_guard_config *config, ost_error *error)
{
    for (size_t k = 0; k < config->issuer_count; k++) {
        issuer *made;
        ost_result result =
            issuer_new(&config->issuers[k], guard->context, guard->net, &made, error);
        if (result != OST_OK)
            return result;
        guard->issuers[guard->issuer_count++] = made;
        guard->algorithms |= made->source.algorithms;
        result = revocations_new(guard->context,
                                 OR_DEFAULT(config->revocation_entries, DEFAULT_REVOCATIONS),
                                 &made->revocations);
        if (result != OST_OK)
            return error_set_sentence(error, result);
        for (size_t before = 0; before < k; before++) {
            if (strcmp(guard->issuers[before]->source.name, made->source.name) == 0)
                return ost_error_set(error, OST_E_CONFIG, "issuer %.150s is given twice",
                                     made->source.name);
        }
    }
    ost_result result = opaque_check_issuers(guard, error);
    if (result == OST_OK && config->revocation_file != NULL)
        result =
            revoke_open_file(guard, config->revocation_file,
                             OR_DEFAULT(config->revocation_entries, DEFAULT_REVOCATIONS), error);
    return result;
}

/* All but the fetching of keys. */
static ost_result guard_make(const ost_guard_config *config, ost_guard **ret_guard,
                             ost_error *error)
{
    ost_guard *guard = memory_alloc(sizeof *guard);
    if (guard == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = configure(guard, config, error);
    if (result == OST_OK)
        result = start_net(guard, config->issuer_count, error);
    if (result == OST_OK)
        result = add_issuers(guard, config, error);
    if (result != OST_OK)
        ost_guard_free(guard);
    else
        *ret_guard = guard;
    return result;
}

ost_result ost_guard_new(const ost_guard_config *config, ost_guard **ret_guard, ost_error *error)
{
    if (config == NULL || ret_guard == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no configuration, or no place for the guard");
    ost_guard *guard = NULL;
    ost_result result = guard_make(config, &guard, error);
    for (size_t k = 0; result == OST_OK && k < guard->issuer_count; k++) {
        result = key_fetch_start(&guard->issuers[k]->source);
        if (result != OST_OK) {
            ost_error_set(error, result, "out of memory");
            ost_guard_free(guard);
        }
    }
    if (result == OST_OK)
        *ret_guard = guard;
    return result;
}

ost_result ost_guard_config_check(const ost_guard_config *config, ost_error *error)
{
    if (config == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no configuration");
    ost_guard_config quiet = *config;
    quiet.revocation_file = NULL;
    ost_guard *guard = NULL;
    ost_result result = guard_make(&quiet, &guard, error);
    if (result == OST_OK)
        ost_guard_free(guard);
    return result;
}

void ost_guard_stop(ost_guard *guard)
{
    if (guard == NULL || guard->stopped)
        return;
    for (size_t k = 0; k < guard->issuer_count; k++) {
        key_fetch_end(&guard->issuers[k]->source);
        introspector_end(guard->issuers[k]->introspector);
        status_lists_end(guard->issuers[k]->status_lists);
    }
    if (guard->net != NULL)
        net_client_stop(guard->net);
    guard->stopped = true;
}

void ost_guard_free(ost_guard *guard)
{
    if (guard == NULL)
        return;
    ost_guard_stop(guard);
    net_client_free(guard->net);
    revocation_file_free(guard->revocation_file);
    for (size_t k = 0; k < guard->issuer_count; k++)
        issuer_free(guard->issuers[k]);
    token_cache_free(guard->cache);
    proof_cache_free(guard->logouts);
    sender_rules_clear(&guard->sender);
    ost_keyset_unref(guard->decryption_keys);
    memory_free(guard->realm);
    memory_free(guard->resource_metadata);
    memory_free(guard);
}

ost_result ost_guard_wait(ost_guard *guard, const ost_verdict *verdict, void (*ready)(void *user),
                          void *user)
{
    if (guard == NULL || verdict == NULL || ready == NULL || verdict->decision != OST_WAIT ||
        verdict->issuer >= guard->issuer_count)
        return OST_E_ARGUMENT;
    issuer *i = guard->issuers[verdict->issuer];
    if (verdict->ticket == 0)
        return key_fetch_wait(&i->source, ready, user);
    bool of_introspector = verdict->ticket % 2 != 0;
    if (of_introspector && i->introspector != NULL)
        return introspector_wait(i->introspector, verdict->ticket, ready, user);
    if (!of_introspector && i->status_lists != NULL)
        return status_lists_wait(i->status_lists, verdict->ticket, ready, user);
    return OST_E_ARGUMENT;
}

ost_text ost_guard_dpop_algorithms(const ost_guard *guard)
{
    return guard != NULL ? text_of(guard->sender.algs) : (ost_text){0};
}

bool ost_guard_is_ready(const ost_guard *guard)
{
    if (guard == NULL)
        return false;
    for (size_t k = 0; k < guard->issuer_count; k++) {
        if (!issuer_is_ready(guard->issuers[k]))
            return false;
    }
    return true;
}

bool ost_guard_wait_ready(ost_guard *guard, unsigned seconds)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    int64_t end = monotonic_ms() + (int64_t)seconds * 1000;
    while (!ost_guard_is_ready(guard)) {
        if (guard == NULL || monotonic_ms() >= end)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}
