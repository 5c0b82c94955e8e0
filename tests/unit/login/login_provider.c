/* SPDX-License-Identifier: Apache-2.0 */
/* Discovery: what is taken over, and that what is known stays known. */
#include "login/login_provider.h"
#include "base/array.h"

#include "login_fakes.h"

#define HEAD "{\"issuer\":\"" ISSUER "\","
#define AUTH "\"authorization_endpoint\":\"" ISSUER "/auth\""
#define TOKEN "\"token_endpoint\":\"" ISSUER "/token\""

static void documents(void **state)
{
    (void)state;
    const struct {
        const char *document;
        ost_result result;
    } cases[] = {
        {DISCOVERY, OST_OK},
        {HEAD AUTH "," TOKEN "}", OST_OK},
        {"", OST_E_JSON},
        {"<html>", OST_E_JSON},
        {"{}", OST_E_ISSUER},
        {"{\"issuer\":\"" ISSUER "/\"," AUTH "," TOKEN "}", OST_E_ISSUER},
        {"{\"issuer\":\"HTTP://localhost:8080/realms/test\"," AUTH "," TOKEN "}", OST_E_ISSUER},
        {"{\"issuer\":[\"" ISSUER "\"]," AUTH "," TOKEN "}", OST_E_ISSUER},
        {HEAD TOKEN "}", OST_E_REMOTE},
        {HEAD AUTH "}", OST_E_REMOTE},
        {HEAD AUTH ",\"token_endpoint\":7}", OST_E_REMOTE},
        {HEAD AUTH ",\"token_endpoint\":\"http://idp.example/token\"}", OST_E_REMOTE},
        {HEAD AUTH ",\"token_endpoint\":\"file:///etc/passwd\"}", OST_E_REMOTE},
        {HEAD TOKEN ",\"authorization_endpoint\":\"javascript:alert(1)\"}", OST_E_REMOTE},
        {HEAD TOKEN ",\"authorization_endpoint\":\"https://idp/\\r\\nX: y\"}", OST_E_REMOTE},
        {HEAD TOKEN ",\"authorization_endpoint\":\"https://idp/; script-src *\"}", OST_E_REMOTE},
        {HEAD AUTH "," TOKEN ",\"end_session_endpoint\":\"ftp://idp\"}", OST_E_REMOTE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const login_endpoints *endpoints = NULL;
        ost_error error = {0};
        assert_int_equal(login_endpoints_read(text_of(cases[i].document), ISSUER, ISSUER, false,
                                              &endpoints, &error),
                         cases[i].result);
        assert_int_equal(endpoints != NULL, cases[i].result == OST_OK);
        login_provider_give(endpoints);
    }
}

static void details(void **state)
{
    (void)state;
    const login_endpoints *endpoints = NULL;
    const char *document =
        HEAD AUTH "," TOKEN ",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"],"
                  "\"authorization_response_iss_parameter_supported\":true}";
    assert_int_equal(
        login_endpoints_read(text_of(document), ISSUER, ISSUER, false, &endpoints, NULL), OST_OK);
    assert_string_equal(endpoints->authorization, ISSUER "/auth");
    assert_string_equal(endpoints->token, ISSUER "/token");
    assert_null(endpoints->end_session);
    assert_true(endpoints->secret_in_body && endpoints->issuer_in_callback);
    login_provider_give(endpoints);

    document = HEAD AUTH ",\"token_endpoint\":\"http://idp.internal/token\"}";
    assert_int_equal(
        login_endpoints_read(text_of(document), ISSUER, ISSUER, true, &endpoints, NULL), OST_OK);
    assert_false(endpoints->secret_in_body || endpoints->issuer_in_callback);
    login_provider_give(endpoints);
}

/* The client's secret does not go to whoever listens on this machine because a provider elsewhere
 * says so. */
static void attack_33_endpoints_on_this_machine(void **state)
{
    (void)state;
    const char *const from = "https://idp.example/.well-known/openid-configuration";
    const login_endpoints *endpoints = NULL;
    assert_int_equal(
        login_endpoints_read(OST_TEXT(DISCOVERY), from, ISSUER, false, &endpoints, NULL),
        OST_E_REMOTE);
    assert_null(endpoints);
    /* Where the operator has said so, it may. */
    assert_int_equal(
        login_endpoints_read(OST_TEXT(DISCOVERY), from, ISSUER, true, &endpoints, NULL), OST_OK);
    login_provider_give(endpoints);
}

static login_provider *make(const char *issuer, const char *url)
{
    login_provider *provider = NULL;
    const login_provider_config config = {
        .issuer = issuer, .discovery_url = url, .net = (net_client *)(void *)&fake_calls};
    assert_int_equal(login_provider_new(&config, &provider, NULL), OST_OK);
    return provider;
}

static void is_told(login_provider *provider, const char *words)
{
    char why[256] = "untouched";
    login_provider_trouble(provider, why);
    if (words[0] == '\0' ? why[0] != '\0' : strstr(why, words) == NULL)
        fail_msg("\"%s\" where \"%s\" is expected", why, words);
}

/* Whoever wonders why nobody can log in. */
static void it_tells_why(void **state)
{
    (void)state;
    login_provider *provider = make(ISSUER, NULL);
    is_told(provider, "not been read yet");
    fake_run_timer();
    fake_fail(OST_E_TIMEOUT);
    is_told(provider, "no answer");
    fake_run_timer();
    fake_answer(503, OST_TEXT(DISCOVERY));
    is_told(provider, "status 503");
    fake_run_timer();
    fake_answer(200, OST_TEXT(HEAD AUTH "}"));
    is_told(provider, "names no token_endpoint");
    fake_run_timer();
    fake_answer(200, OST_TEXT(DISCOVERY));
    is_told(provider, "");
    fake_fetch_result = OST_E_BUSY;
    fake_run_timer();
    fake_fetch_result = OST_OK;
    is_told(provider, "told to fail");
    net_client_free((net_client *)(void *)&fake_calls);
    login_provider_free(provider);
}

/* A provider that has been down for long and is back: whoever wants to sign in does not wait for a
 * minute. */
static void people_who_wait_hasten_it(void **state)
{
    (void)state;
    login_provider *provider = make(ISSUER, NULL);
    for (int i = 0; i < 8; i++) {
        fake_run_timer();
        fake_fail(OST_E_TIMEOUT);
    }
    assert_int_equal(fake_delay, 60000);
    login_provider_want(provider);
    assert_in_range(fake_delay, 0, 1000);
    fake_run_timer();
    fake_delay = 12345;
    login_provider_want(provider);
    assert_int_equal(fake_delay, 12345); /* it is being asked */
    fake_timer(fake_timer_user);
    assert_int_equal(fake_call_count, 1); /* a timer that was late asks nothing twice */
    fake_answer(200, OST_TEXT(DISCOVERY));
    assert_int_equal(fake_delay, 3600 * 1000);
    login_provider_want(provider);
    assert_int_equal(fake_delay, 3600 * 1000);
    net_client_free((net_client *)(void *)&fake_calls);
    login_provider_free(provider);
}

static void it_keeps_trying(void **state)
{
    (void)state;
    login_provider *provider = make(ISSUER, NULL);
    const unsigned pauses[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    fake_run_timer();
    assert_string_equal(fake_calls[0].url, ISSUER "/.well-known/openid-configuration");
    for (size_t i = 0; i < ARRAY_LEN(pauses); i++) {
        assert_null(login_provider_take(provider));
        if (i % 2 == 0)
            fake_fail(OST_E_TIMEOUT);
        else
            fake_answer(503, OST_TEXT(DISCOVERY));
        assert_int_equal(fake_delay, pauses[i]);
        fake_run_timer();
    }
    fake_answer(200, OST_TEXT(DISCOVERY));
    const login_endpoints *held = login_provider_take(provider);
    assert_non_null(held);
    assert_int_equal(fake_delay, 3600 * 1000);

    /* A bad answer later on changes nothing; a good one does, and what is held stays whole. */
    fake_run_timer();
    fake_answer(200, OST_TEXT("{\"issuer\":\"https://evil.example\"}"));
    assert_int_equal(fake_delay, 1000);
    const login_endpoints *same = login_provider_take(provider);
    assert_ptr_equal(same, held);
    login_provider_give(same);
    fake_run_timer();
    fake_answer(200, OST_TEXT(HEAD AUTH ",\"token_endpoint\":\"https://new/token\"}"));
    const login_endpoints *new = login_provider_take(provider);
    assert_string_equal(new->token, "https://new/token");
    assert_string_equal(held->token, ISSUER "/token");
    login_provider_give(new);
    login_provider_give(held);

    /* No room for a call now: later. */
    fake_fetch_result = OST_E_BUSY;
    fake_run_timer();
    assert_int_equal(fake_delay, 1000);
    fake_fetch_result = OST_OK;
    net_client_free((net_client *)(void *)&fake_calls);
    login_provider_free(provider);
}

/* It goes on trying, and once there is memory it has the endpoints. */
static void every_allocation_fails_once(void **state)
{
    (void)state;
    bool known = false;
    for (uint64_t n = 1; !known && n < 200; n++) {
        login_provider *provider = make(ISSUER, NULL);
        memory_fail_at(n);
        fake_run_timer();
        fake_answer(200, OST_TEXT(DISCOVERY));
        memory_fail_at(0);
        const login_endpoints *endpoints = login_provider_take(provider);
        known = endpoints != NULL;
        assert_int_equal(fake_delay, known ? 3600 * 1000 : 1000);
        login_provider_give(endpoints);
        fake_run_timer();
        fake_answer(200, OST_TEXT(DISCOVERY));
        endpoints = login_provider_take(provider);
        assert_non_null(endpoints);
        login_provider_give(endpoints);
        net_client_free((net_client *)(void *)&fake_calls);
        login_provider_free(provider);
    }
    assert_true(known);
}

static void where_it_asks(void **state)
{
    (void)state;
    login_provider *provider = make("https://idp.example/", NULL);
    fake_run_timer();
    assert_string_equal(fake_calls[0].url, "https://idp.example/.well-known/openid-configuration");
    net_client_free((net_client *)(void *)&fake_calls);
    login_provider_free(provider);
    provider = make("https://idp.example", "https://internal/discovery");
    fake_run_timer();
    assert_string_equal(fake_calls[0].url, "https://internal/discovery");
    net_client_free((net_client *)(void *)&fake_calls);
    login_provider_free(provider);
}

static void unsafe_urls_are_refused(void **state)
{
    (void)state;
    const char *const urls[] = {"http://idp.example", "idp.example", "", "https://a b"};
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        login_provider *provider = NULL;
        const login_provider_config config = {.issuer = urls[i],
                                              .net = (net_client *)(void *)&fake_calls};
        assert_int_equal(login_provider_new(&config, &provider, NULL), OST_E_CONFIG);
        assert_null(provider);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents),
        cmocka_unit_test(details),
        cmocka_unit_test(attack_33_endpoints_on_this_machine),
        cmocka_unit_test(it_tells_why),
        cmocka_unit_test(people_who_wait_hasten_it),
        cmocka_unit_test(it_keeps_trying),
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(where_it_asks),
        cmocka_unit_test(unsafe_urls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
