/* SPDX-License-Identifier: Apache-2.0 */
/* The guard's life, its metrics and its description. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "guard/guard_keys.h"
#include "online.h"

#define NAME "https://id.example.org"

static const char *const audiences[] = {"myapi"};

static ost_result make(const ost_guard_config *config, ost_guard **ret_guard)
{
    ost_error error = {0};
    ost_result result = ost_guard_new(config, ret_guard, &error);
    assert_int_equal(error.code, result);
    assert_int_equal(error.detail[0] == '\0', result == OST_OK);
    return result;
}

static void configurations_that_make_no_sense(void **state)
{
    static ost_issuer issuers[40];
    static char names[40][40];
    ost_guard *guard = NULL;
    for (int i = 0; i < 40; i++) {
        snprintf(names[i], sizeof names[i], NAME "/%d", i);
        issuers[i] = (ost_issuer){.issuer = names[i],
                                  .audiences = audiences,
                                  .audience_count = 1,
                                  .jwks_url = "http://127.0.0.1:1/"};
    }
    ost_guard_config config = {.issuers = issuers};
    assert_int_equal(make(&config, &guard), OST_E_CONFIG);
    config.issuer_count = 33;
    assert_int_equal(make(&config, &guard), OST_E_CONFIG);
    config.issuer_count = 2;
    config.max_token = 65537;
    assert_int_equal(make(&config, &guard), OST_E_CONFIG);
    config.max_token = 0;
    config.cache_entries = SIZE_MAX;
    assert_int_equal(make(&config, &guard), OST_E_CONFIG);
    config.cache_entries = 0;
    issuers[1].issuer = issuers[0].issuer; /* twice */
    assert_int_equal(make(&config, &guard), OST_E_CONFIG);
    issuers[1].issuer = names[1];
    assert_null(guard);
    config.issuer_count = 32;
    assert_int_equal(make(&config, &guard), OST_OK);
    assert_false(ost_guard_is_ready(guard));
    assert_false(ost_guard_wait_ready(guard, 0));
    ost_guard_free(guard);
    ost_guard_free(NULL);
}

static void every_allocation_may_fail(void **state)
{
    static const char *const origins[] = {"https://status.example", "http://127.0.0.1:1"};
    static const char *const clients[] = {"web", "app"};
    const ost_issuer issuer = {
        .issuer = NAME,
        .audiences = audiences,
        .audience_count = 1,
        .clients = clients,
        .client_count = 2,
        .jwks_url = "http://127.0.0.1:1/",
        .introspection = {.client_id = "api",
                          .client_secret = "secret",
                          .endpoint = "http://127.0.0.1:1/introspect"},
        .status_lists = {.origins = origins, .origin_count = 2},
    };
    const ost_guard_config config = {
        .issuers = &issuer,
        .issuer_count = 1,
        .realm = "r",
        .resource_metadata = "https://api.example/",
        .dpop = {.require_nonce = true,
                 .nonce_secret = OST_TEXT("0123456789abcdef0123456789abcdef")},
    };
    for (uint64_t n = 1;; n++) {
        ost_guard *guard = NULL;
        memory_fail_at(n);
        ost_result result = ost_guard_new(&config, &guard, NULL);
        memory_fail_at(0);
        if (result == OST_OK) {
            assert_true(n > 10);
            ost_guard_free(guard);
            break;
        }
        assert_int_equal(result, OST_E_MEMORY);
        assert_null(guard);
    }
}

static void a_configuration_is_checked_without_a_guard(void **state)
{
    ost_issuer issuer = {.issuer = NAME,
                         .audiences = audiences,
                         .audience_count = 1,
                         .jwks_url = "http://127.0.0.1:1/"};
    ost_guard_config config = {
        .issuers = &issuer, .issuer_count = 1, .revocation_file = "/nowhere/that/is"};
    ost_error error;
    assert_int_equal(ost_guard_config_check(&config, &error), OST_OK);
    issuer.audience_count = 0;
    assert_int_equal(ost_guard_config_check(&config, &error), OST_E_CONFIG);
    assert_non_null(strstr(error.detail, "audience"));
    assert_int_equal(ost_guard_config_check(NULL, &error), OST_E_ARGUMENT);
}

static _Thread_local int random_fails_at; /* 0: never, as on the guard's own thread */

static bool random_that_fails(void *user, unsigned char *ret, size_t n)
{
    memset(ret, random_fails_at, n);
    return random_fails_at == 0 || --random_fails_at != 0;
}

static int64_t no_time(void *user)
{
    return 0;
}

/* Keys of hashes that could be guessed are none: no guard begins without randomness. */
static void all_randomness_is_needed(void **state)
{
    static const char *const origins[] = {"https://status.example"};
    const ost_issuer issuer = {
        .issuer = NAME,
        .audiences = audiences,
        .audience_count = 1,
        .jwks_url = "http://127.0.0.1:1/",
        .introspection = {.client_id = "api",
                          .client_secret = "secret",
                          .endpoint = "http://127.0.0.1:1/introspect"},
        .status_lists = {.origins = origins, .origin_count = 1},
    };
    const ost_context context = {.now = no_time, .random = random_that_fails};
    const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1, .context = &context};
    ost_result result = OST_E_SYSTEM;
    for (int n = 1; result != OST_OK; n++) {
        ost_guard *guard = NULL;
        random_fails_at = n;
        result = ost_guard_new(&config, &guard, NULL);
        bool reached = random_fails_at == 0;
        random_fails_at = 0;
        ost_guard_free(guard);
        assert_int_equal(result, reached ? OST_E_SYSTEM : OST_OK);
        assert_true((guard == NULL) == reached);
        assert_true(reached || n > 5);
    }
}

static void it_describes_itself(void **state)
{
    online *o = *state;
    int64_t keys = 0, age = -1, failures = -1;
    bool ready = false, stale = true;
    ost_text name;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    assert_true(ost_json_text(online_state(o, o->guard, 0, "issuer"), &name));
    assert_true(text_is(name, o->issuer->name));
    assert_true(ost_json_boolean(online_state(o, o->guard, 0, "ready"), &ready) && ready);
    assert_true(ost_json_boolean(online_state(o, o->guard, 0, "stale"), &stale) && !stale);
    assert_true(ost_json_integer(online_state(o, o->guard, 0, "keys"), &keys) && keys == 1);
    assert_true(ost_json_integer(online_state(o, o->guard, 0, "age"), &age) && age <= 5);
    assert_true(ost_json_integer(online_state(o, o->guard, 0, "failures"), &failures));
    assert_int_equal(failures, 0);
    assert_null(online_state(o, o->guard, 0, "last_error"));
}

static void it_counts(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_text good = online_token(o, o->issuer, o->keys[0]);
    for (int i = 0; i < 3; i++) {
        (void)online_check_now(o, o->guard, good, false);
        (void)online_check_now(o, o->guard, OST_TEXT("a.b.c"), false);
    }
    (void)online_check_now(o, o->guard, (ost_text){0}, false);
    static const struct {
        const char *line;
        double value;
    } expected[] = {
        {"ostiary_guard_verdicts_total{verdict=\"allowed\",reason=\"\"}", 3},
        {"ostiary_guard_verdicts_total{verdict=\"waited\",reason=\"\"}", 0},
        {"ostiary_guard_verdicts_total{verdict=\"refused\",reason=\"no_token\"}", 1},
        {"ostiary_guard_verdicts_total{verdict=\"refused\",reason=\"OST_E_TOKEN_FORMAT\"}", 3},
        {"ostiary_guard_verdicts_total{verdict=\"refused\",reason=\"OST_E_EXPIRED\"}", -1},
        {"ostiary_guard_signature_cache_total{outcome=\"hit\"}", 2},
        {"ostiary_guard_signature_cache_total{outcome=\"miss\"}", 4},
        {"ostiary_issuer_ready{issuer=\"http://127.0.0.1:", 1},
        {"ostiary_issuer_keys{", 1},
        {"ostiary_issuer_fetch_failures{", 0},
        {"ostiary_issuer_fetches_total{outcome=\"good\",", 1},
        {"ostiary_issuer_fetches_total{outcome=\"bad\",", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        double value = online_metric(o, o->guard, expected[i].line);
        if (value != expected[i].value)
            fail_msg("%s %f", expected[i].line, value);
    }
    assert_true(online_metric(o, o->guard, "ostiary_guard_signature_cache_bytes ") > 1000);
    assert_int_equal(online_metric(o, o->guard, "ostiary_rsa_faults_total "), 0);
}

/* What the login checks ID tokens with. */
static void its_keys_can_be_had(void **state)
{
    online *o = *state;
    ost_keyset *keys = NULL;
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_SLOW);
    online_guard(o, (ost_issuer){0});
    assert_int_equal(guard_keys(o->guard, text_of(o->issuer->name), &keys), OST_E_STATE);
    fake_issuer_release(o->issuer);
    assert_true(ost_guard_wait_ready(o->guard, 5));
    assert_int_equal(guard_keys(o->guard, OST_TEXT("https://other.example"), &keys), OST_E_ISSUER);
    assert_null(keys);
    assert_int_equal(guard_keys(o->guard, text_of(o->issuer->name), &keys), OST_OK);
    ost_guard_free(o->guard); /* they stay */
    o->guard = NULL;
    assert_int_equal(ost_keyset_count(keys), 1);
    ost_keyset_unref(keys);
}

/* One TYPE a metric, all of its samples in one block, every line well-formed. */
static void metrics_are_well_formed(void **state)
{
    online *o = *state;
    fake_issuer *second = fake_issuer_start();
    ost_guard *guard =
        online_guard_of((fake_issuer *const[]){o->issuer, second}, 2, (ost_issuer){0});
    ost_text text, line;
    char current[128] = "", seen[4096] = "";
    assert_int_equal(ost_guard_metrics(guard, o->arena, &text), OST_OK);
    while (text_next(&text, '\n', &line)) {
        char copy[512], name[128];
        assert_true(text_to_string(line, copy, sizeof copy));
        if (sscanf(copy, "# TYPE %127s", name) == 1) {
            char marked[140];
            snprintf(marked, sizeof marked, "|%s|", name);
            assert_null(strstr(seen, marked));
            strncat(seen, marked, sizeof seen - strlen(seen) - 1);
            snprintf(current, sizeof current, "%s", name);
        } else if (copy[0] != '#') {
            size_t len = strlen(current);
            double value;
            assert_memory_equal(copy, current, len);
            assert_true(copy[len] == '{' || copy[len] == ' ');
            assert_int_equal(sscanf(strrchr(copy, ' '), "%lf", &value), 1);
        }
    }
    ost_guard_free(guard);
    fake_issuer_stop(second);
}

static void metrics_need_memory(void **state)
{
    online *o = *state;
    ost_text text = {0};
    online_guard(o, (ost_issuer){0});
    ost_arena *tiny = ost_arena_new(64);
    assert_int_equal(ost_guard_metrics(o->guard, tiny, &text), OST_E_MEMORY);
    ost_arena_free(tiny);
    for (uint64_t n = 1;; n++) {
        memory_fail_at(n);
        ost_result result = ost_guard_metrics(o->guard, o->arena, &text);
        memory_fail_at(0);
        if (result == OST_OK)
            break;
        assert_int_equal(result, OST_E_MEMORY);
        assert_null(text.data);
    }
}

static void count(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

static ost_guard *slow_guard(online *o, ost_introspection asking)
{
    const ost_issuer issuer = {.issuer = o->issuer->name,
                               .audiences = audiences,
                               .audience_count = 1,
                               .introspection = asking};
    const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
    ost_guard *guard = NULL;
    assert_int_equal(make(&config, &guard), OST_OK);
    return guard;
}

/* Requests that waited are told, and look at the guard once more: it is still there, and has nobody
 * wait any longer. */
static void those_who_waited_find_it_stopped(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    fake_issuer_answer(o->issuer, FAKE_SLOW, "");
    o->guard = slow_guard(o, (ost_introspection){.client_id = "a", .client_secret = "b"});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    for (int i = 0; i < 3; i++) {
        const char *token = ost_arena_format(o->arena, "opaque-%d", i);
        ost_verdict verdict = online_check_now(o, o->guard, text_of(token), true);
        assert_int_equal(verdict.decision, OST_WAIT);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, count, &told), OST_OK);
    }
    ost_verdict waiting = online_check_now(o, o->guard, OST_TEXT("opaque-0"), true);
    ost_guard_stop(o->guard);
    assert_int_equal(atomic_load(&told), 3);
    assert_int_equal(ost_guard_wait(o->guard, &waiting, count, &told), OST_E_BUSY);
    ost_text known = online_token(o, o->issuer, o->keys[0]);
    ost_text rotated = online_token(o, o->issuer, o->keys[1]);
    for (int i = 0; i < 10; i++) {
        ost_verdict verdict = online_check_now(o, o->guard, OST_TEXT("opaque-0"), true);
        assert_int_equal(verdict.status, 503);
        assert_int_equal(online_check_now(o, o->guard, known, true).status, 200);
        assert_int_equal(online_check_now(o, o->guard, rotated, true).status, 401);
    }
    assert_int_equal(atomic_load(&told), 3);
}

/* For what else the issuer has signed, and a newer key of. */
static void a_key_can_be_awaited(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    const ost_text issuer = text_of(o->issuer->name);
    o->guard = slow_guard(o, (ost_introspection){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    assert_false(
        guard_keys_await(o->guard, issuer, OST_TEXT("k0"), OST_ES256, count, &told)); /* is there */
    assert_false(guard_keys_await(o->guard, OST_TEXT(NAME), OST_TEXT("k1"), OST_ES256, count,
                                  &told)); /* not ours */
    fake_issuer_publish(o->issuer, (ost_key *const[]){o->keys[0], o->keys[1], NULL});
    assert_true(guard_keys_await(o->guard, issuer, OST_TEXT("k1"), OST_ES256, count, &told));
    assert_true(online_until_number(&told, 1, 5));
    assert_false(guard_keys_await(o->guard, issuer, OST_TEXT("k1"), OST_ES256, count, &told));
    ost_guard_stop(o->guard);
    assert_false(guard_keys_await(o->guard, issuer, OST_TEXT("k2"), OST_ES256, count, &told));
    assert_int_equal(atomic_load(&told), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, online_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(configurations_that_make_no_sense),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_configuration_is_checked_without_a_guard),
        cmocka_unit_test(all_randomness_is_needed),
        TEST(it_describes_itself),
        TEST(it_counts),
        TEST(its_keys_can_be_had),
        TEST(a_key_can_be_awaited),
        TEST(those_who_waited_find_it_stopped),
        TEST(metrics_are_well_formed),
        TEST(metrics_need_memory),
    };
    return cmocka_run_group_tests_name("guard-guard", tests, online_make_keys, online_free_keys);
}
