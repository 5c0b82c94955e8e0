/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client against a server that is slow, large, wrong or gone. */
#include "net/net.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "net_fixture.h"

static void an_answer_is_read_whatever_its_status(void **state)
{
    fixture *f = *state;
    assert_int_equal(get(f, "/missing"), OST_OK);
    assert_int_equal(f->seen.status, 404);
    assert_string_equal(f->seen.body, "no");
    assert_string_equal(f->seen.detail, "");
    assert_int_equal(f->seen.max_age, -1);
    assert_string_equal(f->seen.type, "");
}

static void method_headers_and_body_are_sent(void **state)
{
    fixture *f = *state;
    static const char *const headers[] = {"Authorization: Basic eDp5", "X-Two: 2", NULL};
    const net_request request = {.url = tiny_server_url(f->server, "/echo"),
                                 .headers = headers,
                                 .body = OST_TEXT("grant_type=client_credentials")};
    assert_int_equal(fetch(f, request), OST_OK);
    assert_non_null(strstr(f->seen.body, "POST /echo HTTP/1.1\r\n"));
    assert_non_null(strstr(f->seen.body, "Authorization: Basic eDp5\r\n"));
    assert_non_null(strstr(f->seen.body, "X-Two: 2\r\n"));
    assert_non_null(strstr(f->seen.body, "\r\n\r\ngrant_type=client_credentials"));
    assert_string_equal(f->seen.type, "text/plain");
    const net_request put = {.url = tiny_server_url(f->server, "/echo"), .method = "PUT"};
    assert_int_equal(fetch(f, put), OST_OK);
    assert_non_null(strstr(f->seen.body, "PUT /echo HTTP/1.1\r\n"));
    assert_int_equal(get(f, "/echo"), OST_OK);
    assert_non_null(strstr(f->seen.body, "GET /echo HTTP/1.1\r\n"));
    assert_null(strstr(f->seen.body, "Authorization"));
}

static void a_redirect_is_not_followed(void **state)
{
    fixture *f = *state;
    assert_int_equal(get(f, "/redirect"), OST_E_REDIRECT);
    assert_int_equal(f->seen.status, 302);
    assert_string_equal(f->seen.body, "");
    assert_int_equal(get(f, "/unchanged"), OST_OK); /* C10: it sends nobody anywhere */
    assert_int_equal(f->seen.status, 304);
}

static void size_has_a_ceiling(void **state)
{
    fixture *f = *state;
    assert_int_equal(get(f, "/large"), OST_E_CEILING);
    assert_int_equal(get(f, "/endless"), OST_E_CEILING);
    assert_int_equal(get(f, "/headers"), OST_E_CEILING);
    const net_request small = {.url = tiny_server_url(f->server, "/missing"), .max_body = 1};
    assert_int_equal(fetch(f, small), OST_E_CEILING);
    const net_request exact = {.url = tiny_server_url(f->server, "/missing"), .max_body = 2};
    assert_int_equal(fetch(f, exact), OST_OK);
}

static void time_has_a_ceiling(void **state)
{
    fixture *f = *state;
    int64_t before = monotonic_ms();
    const net_request slow = {.url = tiny_server_url(f->server, "/slow"), .timeout_ms = 100};
    assert_int_equal(fetch(f, slow), OST_E_TIMEOUT);
    assert_true(monotonic_ms() - before < 2000);
    assert_string_not_equal(f->seen.detail, "");
}

static void a_slow_transfer_does_not_hold_up_others(void **state)
{
    fixture *f = *state;
    static outcome slow;
    int64_t before = monotonic_ms();
    sem_init(&slow.ended, 0, 0);
    const net_request request = {.url = tiny_server_url(f->server, "/slow"), .timeout_ms = 3000};
    assert_int_equal(net_fetch(f->client, &request, on_end, &slow, NULL), OST_OK);
    for (int i = 0; i < 20; i++)
        assert_int_equal(get(f, "/missing"), OST_OK);
    assert_true(monotonic_ms() - before < 2900);
    sem_wait(&slow.ended);
    assert_int_equal(slow.result, OST_E_TIMEOUT);
    sem_destroy(&slow.ended);
}

static void broken_answers_are_no_answers(void **state)
{
    fixture *f = *state;
    assert_int_equal(get(f, "/short"), OST_E_REMOTE);
    assert_int_equal(get(f, "/garbage"), OST_E_REMOTE);
    const net_request gone = {.url = "http://127.0.0.1:1/"};
    assert_int_equal(fetch(f, gone), OST_E_REMOTE);
    assert_string_not_equal(f->seen.detail, "");
}

static atomic_int judged;

static bool allow_nothing(const struct sockaddr *address, void *user)
{
    (void)user;
    assert_true(address->sa_family == AF_INET || address->sa_family == AF_INET6);
    atomic_fetch_add(&judged, 1);
    return false;
}

static bool allow_all(const struct sockaddr *address, void *user)
{
    (void)address;
    (void)user;
    atomic_fetch_add(&judged, 1);
    return true;
}

/* The address itself is judged, each time: neither a name nor a connection that is there passes. */
static void addresses_are_judged_before_they_are_connected_to(void **state)
{
    fixture *f = *state;
    char url[100];
    net_request request = {.url = tiny_server_url(f->server, "/missing"), .allows = allow_nothing};
    atomic_store(&judged, 0);
    assert_int_equal(get(f, "/missing"), OST_OK);
    int before = atomic_load(&requests);
    assert_int_equal(fetch(f, request), OST_E_REMOTE);
    assert_non_null(strstr(f->seen.detail, "no address that may be asked"));
    snprintf(url, sizeof url, "http://localhost:%u/missing", tiny_server_port(f->server));
    request.url = url;
    assert_int_equal(fetch(f, request), OST_E_REMOTE);
    assert_int_equal(atomic_load(&requests), before);
    assert_true(atomic_load(&judged) >= 2);
    atomic_store(&judged, 0);
    request = (net_request){.url = tiny_server_url(f->server, "/missing"), .allows = allow_all};
    assert_int_equal(fetch(f, request), OST_OK);
    assert_int_equal(fetch(f, request), OST_OK);
    assert_int_equal(atomic_load(&judged), 2);
    request.proxy = "http://127.0.0.1:1";
    assert_int_equal(net_fetch(f->client, &request, on_end, &f->seen, NULL), OST_E_ARGUMENT);
    assert_int_equal(get(f, "/missing"), OST_OK);
}

static void plain_http_is_no_tls(void **state)
{
    fixture *f = *state;
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", tiny_server_port(f->server));
    assert_int_equal(fetch(f, (net_request){.url = url}), OST_E_TLS);
    const net_request no_file = {.url = url, .ca_file = "/does/not/exist.pem"};
    assert_int_equal(fetch(f, no_file), OST_E_TLS);
}

static void cache_lifetime_is_read(void **state)
{
    fixture *f = *state;
    assert_int_equal(get(f, "/age1"), OST_OK);
    assert_int_equal(f->seen.max_age, 77);
    assert_int_equal(get(f, "/age2"), OST_OK);
    assert_int_equal(f->seen.max_age, -1);
    assert_int_equal(get(f, "/age3"), OST_OK);
    assert_int_equal(f->seen.max_age, -1);
    assert_int_equal(get(f, "/age4"), OST_OK);
    assert_int_equal(f->seen.max_age, -1);
}

/* Some servers and caches send gzip whatever is asked for. */
static void g1_coded_answers(void **state)
{
    fixture *f = *state;
    assert_int_equal(get(f, "/coded/gzip"), OST_OK);
    assert_string_equal(f->seen.body, "{\"keys\":[]}");
    assert_int_equal(get(f, "/coded/x-gzip"), OST_OK);
    assert_string_equal(f->seen.body, "{\"keys\":[]}");
    assert_int_equal(get(f, "/coded/identity"),
                     OST_OK); /* and what is said wrongly is not undone */
    assert_int_equal(get(f, "/coded/compress"), OST_E_UNSUPPORTED);
    assert_non_null(strstr(f->seen.detail, "\"compress\""));
    assert_int_equal(get(f, "/coded/deflate"), OST_E_UNSUPPORTED); /* but it is gzip */
    assert_non_null(strstr(f->seen.detail, "\"deflate\""));
    assert_int_equal(get(f, "/coded/bomb"), OST_E_CEILING);
    assert_int_equal(get(f, "/echo"), OST_OK);
    assert_non_null(strstr(f->seen.body, "Accept-Encoding: identity\r\n"));
}

static void g9_when_to_ask_again(void **state)
{
    fixture *f = *state;
    assert_int_equal(get(f, "/limited"), OST_OK);
    assert_int_equal(f->seen.retry_after, 17);
    assert_int_equal(get(f, "/missing"), OST_OK);
    assert_int_equal(f->seen.retry_after, -1);
}

/* A proxy that says no: what it was asked is seen, and that it was asked. */
static void g13_a_tunnel_to_https_elsewhere(void **state)
{
    fixture *f = *state;
    char proxy[64], with_password[80], local[64];
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", tiny_server_port(f->server));
    snprintf(with_password, sizeof with_password, "user:p%%40ss@127.0.0.1:%u",
             tiny_server_port(f->server));
    snprintf(local, sizeof local, "https://127.0.0.1:%u/", tiny_server_port(f->server));
    setenv("no_proxy", "*", 1); /* the environment's word is not asked for here either */
    net_request request = {.url = "https://id.example.org/a", .proxy = proxy};
    int before = atomic_load(&requests);
    assert_int_equal(fetch(f, request), OST_E_REMOTE);
    assert_non_null(strstr(f->seen.detail, "403"));
    assert_int_equal(atomic_load(&requests), before + 1);
    assert_int_equal(f->seen.max_age, -1); /* what the proxy says of itself is nobody's */
    assert_true(strncmp(tunnel, "CONNECT id.example.org:443 HTTP/1.1\r\n", 37) == 0);
    assert_null(strstr(tunnel, "Authorization"));
    request.proxy = with_password;
    assert_int_equal(fetch(f, request), OST_E_REMOTE);
    assert_non_null(strstr(tunnel, "Proxy-Authorization: Basic dXNlcjpwQHNz\r\n")); /* user:p@ss */
    unsetenv("no_proxy");
    /* This machine, plain http, and what is named are reached without it. */
    before = atomic_load(&requests);
    request = (net_request){.url = local, .proxy = proxy};
    assert_int_equal(fetch(f, request), OST_E_TLS);
    request.proxy = "http://127.0.0.1:1";
    request.url = tiny_server_url(f->server, "/missing");
    assert_int_equal(fetch(f, request), OST_OK);
    request = (net_request){
        .url = "https://a.id.invalid/", .proxy = proxy, .no_proxy = "other.invalid,id.invalid"};
    assert_int_equal(fetch(f, request), OST_E_REMOTE);
    assert_int_equal(atomic_load(&requests), before + 1);
    request.no_proxy = "id.invalid:443";
    assert_int_equal(fetch(f, request), OST_E_REMOTE);
    assert_int_equal(atomic_load(&requests), before + 1);
    request.no_proxy = "other.invalid,id.invalid:8443";
    assert_int_equal(fetch(f, request), OST_E_REMOTE);
    assert_int_equal(atomic_load(&requests), before + 2);
    request.proxy = "socks5://127.0.0.1:1";
    assert_int_equal(net_fetch(f->client, &request, on_end, &f->seen, NULL), OST_E_ARGUMENT);
}

static void proxies_of_the_environment_are_not_used(void **state)
{
    fixture *f = *state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    setenv("https_proxy", "http://127.0.0.1:1", 1);
    assert_int_equal(get(f, "/missing"), OST_OK);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    unsetenv("https_proxy");
}

static void unsafe_requests_are_not_begun(void **state)
{
    fixture *f = *state;
    static const char *const injected[] = {"A: b\r\nC: d", NULL};
    const net_request bad[] = {
        {.url = NULL},
        {.url = "http://id.example.org/"},
        {.url = "file:///etc/passwd"},
        {.url = "http://localhost@127.0.0.1:1/", .insecure_http = true},
        {.url = tiny_server_url(f->server, "/missing"), .headers = injected},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        ost_error error = {0};
        assert_int_equal(net_fetch(f->client, &bad[i], on_end, &f->seen, &error), OST_E_ARGUMENT);
        assert_int_equal(error.code, OST_E_ARGUMENT);
        assert_string_not_equal(error.detail, "");
    }
}

static void count_end(const net_response *response, void *user)
{
    atomic_fetch_add((atomic_int *)user, response->result == OST_E_STATE);
}

static void transfers_are_bounded_and_end_with_the_client(void **state)
{
    fixture *f = *state;
    atomic_int ended = 0;
    net_client *client;
    assert_int_equal(net_client_new(0, &client), OST_OK);
    const net_request slow = {.url = tiny_server_url(f->server, "/slow")};
    for (int i = 0; i < 256; i++)
        assert_int_equal(net_fetch(client, &slow, count_end, &ended, NULL), OST_OK);
    assert_int_equal(net_fetch(client, &slow, count_end, &ended, NULL), OST_E_BUSY);
    net_client_free(client);
    assert_int_equal(ended, 256);
    assert_int_equal(net_client_new(3, &client), OST_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(net_fetch(client, &slow, count_end, &ended, NULL), OST_OK);
    assert_int_equal(net_fetch(client, &slow, count_end, &ended, NULL), OST_E_BUSY);
    net_client_free(client);
    assert_int_equal(ended, 259);
}

typedef struct again {
    fixture *f;
    atomic_int ended;
    ost_result last;
} again;

/* Asks for another one from the callback, also when the client is going away. */
static void fetch_again(const net_response *response, void *user)
{
    again *a = user;
    const net_request slow = {.url = tiny_server_url(a->f->server, "/slow"), .timeout_ms = 50};
    if (atomic_fetch_add(&a->ended, 1) < 1000)
        a->last = net_fetch(a->f->client, &slow, fetch_again, a, NULL);
}

static void a_callback_may_fetch_again_until_the_end(void **state)
{
    fixture *f = *state;
    again a = {.f = f};
    const net_request slow = {.url = tiny_server_url(f->server, "/slow"), .timeout_ms = 50};
    assert_int_equal(net_fetch(f->client, &slow, fetch_again, &a, NULL), OST_OK);
    while (atomic_load(&a.ended) < 3)
        usleep(5000);
    net_client_free(f->client);
    f->client = NULL;
    assert_int_equal(a.last, OST_E_STATE);
    assert_int_equal(net_client_new(0, &f->client), OST_OK);
}

/* ---- resources ---- */

static void every_allocation_may_fail(void **state)
{
    fixture *f = *state;
    static const char *const headers[] = {"A: b", NULL};
    const net_request request = {.url = tiny_server_url(f->server, "/missing"),
                                 .headers = headers,
                                 .body = OST_TEXT("body")};
    for (uint64_t n = 1;; n++) {
        memory_fail_at(n);
        ost_result result = net_fetch(f->client, &request, on_end, &f->seen, NULL);
        memory_fail_at(0);
        if (result == OST_OK) {
            assert_true(n > 2);
            break;
        }
        assert_int_equal(result, OST_E_MEMORY);
    }
    sem_wait(&f->seen.ended);
    for (uint64_t n = 1;; n++) {
        net_client *client;
        memory_fail_at(n);
        ost_result result = net_client_new(0, &client);
        memory_fail_at(0);
        if (result == OST_OK) {
            net_client_free(client);
            break;
        }
        assert_int_equal(result, OST_E_MEMORY);
    }
}

static void signals_stay_with_the_program(void **state)
{
    fixture *f = *state;
    sigset_t set, before;
    /* Blocked here, so only the client's thread could take it, and end the program. */
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    kill(getpid(), SIGUSR1);
    assert_int_equal(get(f, "/missing"), OST_OK);
    sigpending(&set);
    assert_true(sigismember(&set, SIGUSR1));
    signal(SIGUSR1, SIG_IGN); /* discards it */
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    signal(SIGUSR1, SIG_DFL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_read_whatever_its_status),
        cmocka_unit_test(method_headers_and_body_are_sent),
        cmocka_unit_test(a_redirect_is_not_followed),
        cmocka_unit_test(size_has_a_ceiling),
        cmocka_unit_test(time_has_a_ceiling),
        cmocka_unit_test(a_slow_transfer_does_not_hold_up_others),
        cmocka_unit_test(broken_answers_are_no_answers),
        cmocka_unit_test(addresses_are_judged_before_they_are_connected_to),
        cmocka_unit_test(plain_http_is_no_tls),
        cmocka_unit_test(cache_lifetime_is_read),
        cmocka_unit_test(g1_coded_answers),
        cmocka_unit_test(g9_when_to_ask_again),
        cmocka_unit_test(g13_a_tunnel_to_https_elsewhere),
        cmocka_unit_test(proxies_of_the_environment_are_not_used),
        cmocka_unit_test(unsafe_requests_are_not_begun),
        cmocka_unit_test(transfers_are_bounded_and_end_with_the_client),
        cmocka_unit_test(a_callback_may_fetch_again_until_the_end),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(signals_stay_with_the_program),
    };
    return cmocka_run_group_tests_name("net-net", tests, set_up, tear_down);
}
