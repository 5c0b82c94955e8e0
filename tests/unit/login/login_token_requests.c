/* SPDX-License-Identifier: Apache-2.0 */
/* Shared calls: one request a refresh token, everyone is told once, answers serve latecomers. */
#include "login/login_token_requests.h"
#include "base/array.h"

#include <pthread.h>

#include "login_fakes.h"

typedef struct waiting_call {
    login_waiter waiter; /* first */
    login_token_request *request;
    int told;
} waiting_call;

static void told(login_waiter *waiter)
{
    ((waiting_call *)waiter)->told++;
}

static login_request_place join(login_token_requests *requests, unsigned char first,
                                waiting_call *who)
{
    unsigned char digest[32] = {first};
    login_request_place place;
    *who = (waiting_call){.waiter.done = told};
    assert_int_equal(
        login_token_requests_join(requests, digest, &who->waiter, &place, &who->request), OST_OK);
    return place;
}

static void finish(login_token_requests *requests, login_token_request *request, ost_result result,
                   long status)
{
    const net_response response = {
        .result = result, .status = status, .body = OST_TEXT("body"), .detail = "why"};
    login_token_request_finish(requests, request, &response);
}

static void one_request_for_all(void **state)
{
    (void)state;
    login_token_requests *requests = login_token_requests_new();
    waiting_call a, b, c, other;
    assert_int_equal(join(requests, 1, &a), LOGIN_REQUEST_NEW);
    assert_int_equal(join(requests, 1, &b), LOGIN_REQUEST_SHARED);
    assert_int_equal(join(requests, 2, &other), LOGIN_REQUEST_NEW);
    assert_ptr_equal(a.request, b.request);
    finish(requests, a.request, OST_OK, 200);
    assert_int_equal(a.told, 1);
    assert_int_equal(b.told, 1);
    assert_int_equal(other.told, 0);
    assert_true(text_is(a.request->body, "body"));
    /* Who comes late gets the same answer, and is not called. */
    assert_int_equal(join(requests, 1, &c), LOGIN_REQUEST_DONE);
    assert_ptr_equal(a.request, c.request);
    assert_int_equal(c.told, 0);
    finish(requests, other.request, OST_OK, 400);
    login_token_request_unref(a.request);
    login_token_request_unref(b.request);
    login_token_requests_free(requests);
    assert_int_equal(c.request->status, 200); /* outlives the table */
    login_token_request_unref(c.request);
    login_token_request_unref(other.request);
}

static void failures_are_not_kept(void **state)
{
    (void)state;
    login_token_requests *requests = login_token_requests_new();
    const struct {
        ost_result result;
        long status;
        login_request_place next;
    } cases[] = {{OST_E_TIMEOUT, 0, LOGIN_REQUEST_NEW},
                 {OST_OK, 503, LOGIN_REQUEST_NEW},
                 {OST_OK, 429, LOGIN_REQUEST_NEW},
                 {OST_OK, 400, LOGIN_REQUEST_DONE},
                 {OST_OK, 200, LOGIN_REQUEST_DONE}};
    for (unsigned char i = 0; i < ARRAY_LEN(cases); i++) {
        waiting_call first, second;
        assert_int_equal(join(requests, i, &first), LOGIN_REQUEST_NEW);
        finish(requests, first.request, cases[i].result, cases[i].status);
        assert_int_equal(first.request->result, cases[i].result);
        assert_int_equal(join(requests, i, &second), cases[i].next);
        if (cases[i].next == LOGIN_REQUEST_NEW)
            finish(requests, second.request, OST_OK, 200);
        login_token_request_unref(first.request);
        login_token_request_unref(second.request);
    }
    login_token_requests_free(requests);
}

static void alone(void **state)
{
    (void)state;
    login_token_requests *requests = login_token_requests_new();
    waiting_call who = {.waiter.done = told};
    login_request_place place;
    assert_int_equal(login_token_requests_join(requests, NULL, &who.waiter, &place, &who.request),
                     OST_OK);
    assert_int_equal(place, LOGIN_REQUEST_NEW);
    finish(requests, who.request, OST_E_TLS, 0);
    assert_int_equal(who.told, 1);
    assert_string_equal(who.request->detail, "why");
    login_token_request_unref(who.request);
    login_token_requests_free(requests);
}

static void the_table_is_bounded(void **state)
{
    (void)state;
    static waiting_call crowd[LOGIN_TOKEN_REQUESTS_MAX];
    login_token_requests *requests = login_token_requests_new();
    login_request_place place;
    for (unsigned i = 0; i < LOGIN_TOKEN_REQUESTS_MAX; i++) {
        unsigned char digest[32] = {(unsigned char)i, (unsigned char)(i >> 8)};
        crowd[i] = (waiting_call){.waiter.done = told};
        assert_int_equal(login_token_requests_join(requests, digest, &crowd[i].waiter, &place,
                                                   &crowd[i].request),
                         OST_OK);
    }
    waiting_call late = {.waiter.done = told};
    const unsigned char digest[32] = {0, 0, 1};
    assert_int_equal(
        login_token_requests_join(requests, digest, &late.waiter, &place, &late.request),
        OST_E_BUSY);
    /* An answer makes room. */
    finish(requests, crowd[5].request, OST_OK, 200);
    assert_int_equal(
        login_token_requests_join(requests, digest, &late.waiter, &place, &late.request), OST_OK);
    assert_int_equal(place, LOGIN_REQUEST_NEW);
    finish(requests, late.request, OST_OK, 200);
    login_token_request_unref(late.request);
    for (unsigned i = 0; i < LOGIN_TOKEN_REQUESTS_MAX; i++) {
        if (i != 5)
            finish(requests, crowd[i].request, OST_OK, 200);
        login_token_request_unref(crowd[i].request);
        assert_int_equal(crowd[i].told, 1);
    }
    login_token_requests_free(requests);
}

/* Many threads with few tokens: every one is told or finds the request done. */
static login_token_requests *shared;

static void gone(login_waiter *waiter)
{
    free(waiter);
}

static void *crowd(void *seed)
{
    for (unsigned i = 0; i < 2000; i++) {
        const unsigned char digest[32] = {(unsigned char)(((uintptr_t)seed + i) % 5)};
        login_waiter *waiter = calloc(1, sizeof *waiter);
        login_request_place place;
        login_token_request *request;
        waiter->done = gone;
        assert_int_equal(login_token_requests_join(shared, digest, waiter, &place, &request),
                         OST_OK);
        if (place == LOGIN_REQUEST_NEW)
            finish(shared, request, i % 3 == 0 ? OST_E_TIMEOUT : OST_OK, 200);
        else if (place == LOGIN_REQUEST_DONE)
            gone(waiter);
        login_token_request_unref(request);
    }
    return NULL;
}

static void many_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    shared = login_token_requests_new();
    for (uintptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, crowd, (void *)i), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    login_token_requests_free(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_request_for_all),
        cmocka_unit_test(failures_are_not_kept),
        cmocka_unit_test(alone),
        cmocka_unit_test(the_table_is_bounded),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
