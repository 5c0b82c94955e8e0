/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations of an issuer that contradict themselves, or weaken it by mistake. */

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "guard/issuer.h"
#include "test.h"

#define NAME "https://id.example.org/realms/a"
#define SECRET OST_TEXT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
#define HS(n) OST_ALG_BIT(OST_HS##n)

static const char *const audiences[] = {"myapi"};
static const char *const empty_audience[] = {"myapi", ""};
static const char *many[40];
static char long_name[5000];

#define GOOD .issuer = NAME, .audiences = audiences, .audience_count = 1

static void refused(ost_issuer config)
{
    const ost_guard_config guard_config = {.issuers = &config, .issuer_count = 1};
    ost_guard *guard = NULL;
    ost_error error = {0};
    ost_result result = ost_guard_new(&guard_config, &guard, &error);
    if (result != OST_E_CONFIG)
        fail_msg("%s, %s", ost_result_name(result), error.detail);
    assert_null(guard);
    assert_int_equal(error.code, OST_E_CONFIG);
    assert_true(strlen(error.detail) > 10);
    assert_true(text_is_utf8(text_of(error.detail)));
}

static void accepted(ost_issuer config)
{
    issuer *made;
    ost_error error = {0};
    if (issuer_new(&config, NULL, NULL, &made, &error) != OST_OK)
        fail_msg("%s", error.detail);
    issuer_free(made);
}

static void an_issuer_needs_a_name_and_an_audience(void **state)
{
    refused((ost_issuer){0});
    refused((ost_issuer){.issuer = "", .audiences = audiences, .audience_count = 1});
    refused((ost_issuer){.issuer = NAME});
    refused((ost_issuer){.issuer = NAME, .audiences = empty_audience, .audience_count = 2});
    refused((ost_issuer){GOOD, .insecure_any_audience = true});
    refused((ost_issuer){.issuer = NAME, .audiences = many, .audience_count = 40});
    refused((ost_issuer){GOOD, .clients = empty_audience, .client_count = 2});
    accepted((ost_issuer){GOOD});
    accepted((ost_issuer){.issuer = NAME, .insecure_any_audience = true});
}

static void urls_are_https_or_of_this_machine(void **state)
{
    refused((ost_issuer){
        .issuer = "http://id.example.org", .audiences = audiences, .audience_count = 1});
    refused((ost_issuer){.issuer = "id", .audiences = audiences, .audience_count = 1});
    refused((ost_issuer){GOOD, .discovery_url = "http://id.example.org/x"});
    refused((ost_issuer){GOOD, .discovery_url = "file:///etc/passwd"});
    refused((ost_issuer){GOOD, .discovery_url = ""});
    refused((ost_issuer){GOOD, .jwks_url = "http://localhost.evil.example/"});
    refused((ost_issuer){GOOD, .jwks_url = "https://user:password@id.example.org/"});
    refused((ost_issuer){.issuer = long_name, .audiences = audiences, .audience_count = 1});
    accepted((ost_issuer){GOOD, .jwks_url = "http://127.0.0.1:1/"});
    accepted((ost_issuer){GOOD, .discovery_url = "http://id.example.org/", .insecure_http = true});
    /* Where keys are given, the name need not be a URL. */
    accepted((ost_issuer){.issuer = "joe",
                          .audiences = audiences,
                          .audience_count = 1,
                          .jwks_url = "https://id.example.org/certs"});
}

static void g13_proxies(void **state)
{
    accepted((ost_issuer){GOOD, .proxy = "http://proxy.example.org:3128"});
    accepted((ost_issuer){GOOD, .proxy = "https://u:p@proxy", .no_proxy = "example.org"});
    refused((ost_issuer){GOOD, .proxy = ""});
    refused((ost_issuer){GOOD, .proxy = "socks5://127.0.0.1:1080"});
    refused((ost_issuer){GOOD, .no_proxy = "example.org"});
}

static void a_secret_stands_alone(void **state)
{
    refused((ost_issuer){GOOD, .hmac_secret = SECRET});
    refused((ost_issuer){GOOD, .algorithms = HS(256)});
    refused(
        (ost_issuer){GOOD, .algorithms = HS(256) | OST_ALG_BIT(OST_RS256), .hmac_secret = SECRET});
    refused((ost_issuer){GOOD, .algorithms = HS(256) | OST_ALGS_DEFAULT, .hmac_secret = SECRET});
    refused((ost_issuer){GOOD, .algorithms = OST_ALGS_DEFAULT, .hmac_secret = SECRET});
    refused((ost_issuer){GOOD, .algorithms = HS(256), .hmac_secret = SECRET,
                         .jwks_url = "https://id.example.org/"});
    refused((ost_issuer){GOOD, .algorithms = HS(256), .hmac_secret = SECRET,
                         .discovery_url = "https://id.example.org/"});
    refused((ost_issuer){GOOD, .algorithms = HS(256), .hmac_secret = SECRET, .seed_file = "x"});
    refused((ost_issuer){GOOD, .algorithms = HS(256) | 1, .hmac_secret = SECRET});
    refused((ost_issuer){GOOD, .algorithms = 1}); /* the bit of no algorithm */
    refused((ost_issuer){GOOD, .algorithms = OST_ALG_BIT(31)});
    accepted((ost_issuer){GOOD, .algorithms = HS(256), .hmac_secret = SECRET});
    accepted((ost_issuer){GOOD, .algorithms = HS(256) | HS(384) | HS(512), .hmac_secret = SECRET});
}

static void a_secret_is_as_long_as_its_hash(void **state)
{
    static const size_t sizes[] = {32, 48, 64};
    for (size_t i = 0; i < 3; i++) {
        ost_algs alg = HS(256) << i;
        refused((ost_issuer){GOOD, .algorithms = alg,
                             .hmac_secret = text_slice(SECRET, 0, sizes[i] - 1)});
        accepted(
            (ost_issuer){GOOD, .algorithms = alg, .hmac_secret = text_slice(SECRET, 0, sizes[i])});
    }
}

static void durations_have_a_ceiling(void **state)
{
    refused((ost_issuer){GOOD, .leeway = 301});
    refused((ost_issuer){GOOD, .key_lifetime = 4294967295u});
    refused((ost_issuer){GOOD, .stale_limit = 4294967295u});
    refused((ost_issuer){GOOD, .fetch_timeout = 4294967295u});
    accepted((ost_issuer){GOOD, .leeway = 300, .key_lifetime = 86400, .stale_limit = 604800});
}

static void zero_is_the_default(void **state)
{
    issuer *made;
    assert_int_equal(issuer_new(&(ost_issuer){GOOD}, NULL, NULL, &made, NULL), OST_OK);
    assert_int_equal(made->source.leeway, 30);
    assert_int_equal(made->source.lifetime, 300);
    assert_int_equal(made->source.stale_limit, 3600);
    assert_int_equal(made->source.fetch_timeout, 5);
    assert_int_equal(made->source.algorithms, OST_ALGS_DEFAULT);
    assert_string_equal(made->source.discovery_url, NAME "/.well-known/openid-configuration");
    issuer_free(made);
    const ost_issuer slash = {.issuer = NAME "/",
                              .audiences = audiences,
                              .audience_count = 1,
                              .stale_limit = 5}; /* less than an hour is no good */
    assert_int_equal(issuer_new(&slash, NULL, NULL, &made, NULL), OST_OK);
    assert_string_equal(made->source.discovery_url, NAME "/.well-known/openid-configuration");
    assert_string_equal(made->source.name, NAME "/");
    assert_int_equal(made->source.stale_limit, 3600);
    issuer_free(made);
}

static void keys_serve_for_so_long(void **state)
{
    issuer *made;
    key_snapshot snapshot = {.obtained = 1000000};
    assert_int_equal(issuer_new(&(ost_issuer){GOOD}, NULL, NULL, &made, NULL), OST_OK);
    assert_false(key_source_usable(&made->source, NULL, 1000000));
    assert_true(key_source_usable(&made->source, &snapshot, 1000000));
    assert_true(key_source_usable(&made->source, &snapshot, 1000000 + 3600 * 1000));
    assert_false(key_source_usable(&made->source, &snapshot, 1000000 + 3600 * 1000 + 1));
    made->source.symmetric = true; /* a secret does not age */
    assert_true(key_source_usable(&made->source, &snapshot, 1000000 + 3600 * 1000 + 1));
    assert_false(key_source_usable(&made->source, NULL, 0));
    issuer_free(made);
}

static void every_allocation_may_fail(void **state)
{
    const ost_issuer configs[] = {
        {GOOD, .clients = audiences, .client_count = 1, .ca_file = "x", .seed_file = "/none"},
        {GOOD, .jwks_url = "https://id.example.org/"},
        {GOOD, .algorithms = HS(256) | HS(512), .hmac_secret = SECRET},
    };
    for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
        for (uint64_t n = 1;; n++) {
            issuer *made = NULL;
            ost_error error = {0};
            memory_fail_at(n);
            ost_result result = issuer_new(&configs[i], NULL, NULL, &made, &error);
            memory_fail_at(0);
            if (result == OST_OK) {
                issuer_free(made);
                break;
            }
            assert_int_equal(result, OST_E_MEMORY);
            assert_int_equal(error.code, OST_E_MEMORY);
            assert_null(made);
        }
    }
}

static int setup(void **state)
{
    for (size_t i = 0; i < 40; i++)
        many[i] = "audience";
    memset(long_name, 'a', sizeof long_name - 1);
    memcpy(long_name, "https://", 8);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_issuer_needs_a_name_and_an_audience),
        cmocka_unit_test(urls_are_https_or_of_this_machine),
        cmocka_unit_test(g13_proxies),
        cmocka_unit_test(a_secret_stands_alone),
        cmocka_unit_test(a_secret_is_as_long_as_its_hash),
        cmocka_unit_test(durations_have_a_ceiling),
        cmocka_unit_test(zero_is_the_default),
        cmocka_unit_test(keys_serve_for_so_long),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("guard-issuer", tests, setup, NULL);
}
