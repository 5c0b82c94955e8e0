/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of libcurl's fails once, in turn, over a whole exchange: each request that was
 * taken ends, once, and in time; nothing is lost and nothing left behind. */

#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "base/text.h"
#include "curl_memory.h"
#include "net/net.h"
#include "test.h"
#include "tiny_server.h"

#define TRIES_MAX 5000
#define PATIENCE 20 /* seconds, of a request that may take two */

static void answer(const tiny_request *request, void *user)
{
    tiny_reply(request, 200, "Content-Type: text/plain\r\nCache-Control: max-age=5\r\n", "whole");
}

typedef struct outcome {
    sem_t ended;
    atomic_int calls;
    ost_result result;
    bool whole;
} outcome;

static void on_end(const net_response *response, void *user)
{
    outcome *seen = user;
    atomic_fetch_add(&seen->calls, 1);
    seen->result = response->result;
    seen->whole = response->status == 200 && text_is(response->body, "whole");
    sem_post(&seen->ended);
}

static bool wait_for(outcome *seen)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE;
    return sem_timedwait(&seen->ended, &until) == 0;
}

/* What an exchange with a new client comes to. */
static ost_result exchange(tiny_server *server, outcome *seen)
{
    static const char *const headers[] = {"A: b", "C: d", NULL};
    const net_request request = {.url = tiny_server_url(server, "/"),
                                 .headers = headers,
                                 .timeout_ms = 2000,
                                 .body = OST_TEXT("a body")};
    net_client *client = NULL;
    ost_result result = net_client_new(0, &client);
    seen->calls = 0;
    if (result == OST_OK)
        result = net_fetch(client, &request, on_end, seen, NULL);
    if (result == OST_OK) {
        assert_true(wait_for(seen));
        result = seen->result;
        assert_true(result != OST_OK || seen->whole);
    }
    int expected = client != NULL && seen->calls > 0;
    net_client_free(client);
    assert_int_equal(seen->calls, expected);
    return result;
}

static void each_of_curls_fails_once(void **state)
{
    tiny_server *server = *state;
    outcome seen = {0};
    bool reached = true;
    long failed = 0;
    sem_init(&seen.ended, 0, 0);
    assert_int_equal(exchange(server, &seen), OST_OK);
    long before = curl_memory_live();
    for (; reached && failed < TRIES_MAX; failed++) {
        curl_memory_fail_at(failed + 1);
        ost_result result = exchange(server, &seen);
        reached = curl_memory_failed();
        if (result != OST_OK && result != OST_E_MEMORY && result != OST_E_REMOTE)
            fail_msg("%s when the %ldth fails", ost_result_name(result), failed + 1);
        assert_int_equal(curl_memory_live(), before);
    }
    assert_false(reached);
    assert_true(failed > 10);
    assert_int_equal(exchange(server, &seen), OST_OK);
    sem_destroy(&seen.ended);
}

static int start(void **state)
{
    *state = tiny_server_start(answer, NULL);
    return *state == NULL;
}

static int stop(void **state)
{
    tiny_server_stop(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_curls_fails_once),
    };
    if (!curl_memory_begin())
        return 1;
    int failures = cmocka_run_group_tests_name("net-memory", tests, start, stop);
    curl_memory_end();
    return failures;
}
