/* Shared calls: one flight a refresh token, everyone is told once, answers serve latecomers. */
#include "login/login_flights.h"
#include "base/array.h"

#include <pthread.h>

#include "login_fakes.h"

typedef struct passenger {
    login_waiter waiter; /* first */
    login_flight *flight;
    int told;
} passenger;

static void told(login_waiter *waiter)
{
    ((passenger *)waiter)->told++;
}

static login_boarding board(login_flights *flights, unsigned char first, passenger *who)
{
    unsigned char digest[32] = {first};
    login_boarding boarding;
    *who = (passenger){.waiter.landed = told};
    assert_int_equal(login_flights_board(flights, digest, &who->waiter, &boarding, &who->flight),
                     OST_OK);
    return boarding;
}

static void land(login_flights *flights, login_flight *flight, ost_result result, long status)
{
    const net_response response = {
        .result = result, .status = status, .body = OST_TEXT("body"), .detail = "why"};
    login_flight_land(flights, flight, &response);
}

static void one_flight_for_all(void **state)
{
    (void)state;
    login_flights *flights = login_flights_new();
    passenger a, b, c, other;
    assert_int_equal(board(flights, 1, &a), LOGIN_FLY);
    assert_int_equal(board(flights, 1, &b), LOGIN_WAITING);
    assert_int_equal(board(flights, 2, &other), LOGIN_FLY);
    assert_ptr_equal(a.flight, b.flight);
    land(flights, a.flight, OST_OK, 200);
    assert_int_equal(a.told, 1);
    assert_int_equal(b.told, 1);
    assert_int_equal(other.told, 0);
    assert_true(text_is(a.flight->body, "body"));
    /* Who comes late gets the same answer, and is not called. */
    assert_int_equal(board(flights, 1, &c), LOGIN_LANDED);
    assert_ptr_equal(a.flight, c.flight);
    assert_int_equal(c.told, 0);
    land(flights, other.flight, OST_OK, 400);
    login_flight_leave(a.flight);
    login_flight_leave(b.flight);
    login_flights_free(flights);
    assert_int_equal(c.flight->status, 200); /* outlives the table */
    login_flight_leave(c.flight);
    login_flight_leave(other.flight);
}

static void failures_are_not_kept(void **state)
{
    (void)state;
    login_flights *flights = login_flights_new();
    const struct {
        ost_result result;
        long status;
        login_boarding next;
    } cases[] = {{OST_E_TIMEOUT, 0, LOGIN_FLY},
                 {OST_OK, 503, LOGIN_FLY},
                 {OST_OK, 429, LOGIN_FLY},
                 {OST_OK, 400, LOGIN_LANDED},
                 {OST_OK, 200, LOGIN_LANDED}};
    for (unsigned char i = 0; i < ARRAY_LEN(cases); i++) {
        passenger first, second;
        assert_int_equal(board(flights, i, &first), LOGIN_FLY);
        land(flights, first.flight, cases[i].result, cases[i].status);
        assert_int_equal(first.flight->result, cases[i].result);
        assert_int_equal(board(flights, i, &second), cases[i].next);
        if (cases[i].next == LOGIN_FLY)
            land(flights, second.flight, OST_OK, 200);
        login_flight_leave(first.flight);
        login_flight_leave(second.flight);
    }
    login_flights_free(flights);
}

static void alone(void **state)
{
    (void)state;
    login_flights *flights = login_flights_new();
    passenger who = {.waiter.landed = told};
    login_boarding boarding;
    assert_int_equal(login_flights_board(flights, NULL, &who.waiter, &boarding, &who.flight),
                     OST_OK);
    assert_int_equal(boarding, LOGIN_FLY);
    land(flights, who.flight, OST_E_TLS, 0);
    assert_int_equal(who.told, 1);
    assert_string_equal(who.flight->detail, "why");
    login_flight_leave(who.flight);
    login_flights_free(flights);
}

static void the_table_is_bounded(void **state)
{
    (void)state;
    static passenger crowd[LOGIN_FLIGHTS_MAX];
    login_flights *flights = login_flights_new();
    login_boarding boarding;
    for (unsigned i = 0; i < LOGIN_FLIGHTS_MAX; i++) {
        unsigned char digest[32] = {(unsigned char)i, (unsigned char)(i >> 8)};
        crowd[i] = (passenger){.waiter.landed = told};
        assert_int_equal(
            login_flights_board(flights, digest, &crowd[i].waiter, &boarding, &crowd[i].flight),
            OST_OK);
    }
    passenger late = {.waiter.landed = told};
    const unsigned char digest[32] = {0, 0, 1};
    assert_int_equal(login_flights_board(flights, digest, &late.waiter, &boarding, &late.flight),
                     OST_E_BUSY);
    /* An answer makes room. */
    land(flights, crowd[5].flight, OST_OK, 200);
    assert_int_equal(login_flights_board(flights, digest, &late.waiter, &boarding, &late.flight),
                     OST_OK);
    assert_int_equal(boarding, LOGIN_FLY);
    land(flights, late.flight, OST_OK, 200);
    login_flight_leave(late.flight);
    for (unsigned i = 0; i < LOGIN_FLIGHTS_MAX; i++) {
        if (i != 5)
            land(flights, crowd[i].flight, OST_OK, 200);
        login_flight_leave(crowd[i].flight);
        assert_int_equal(crowd[i].told, 1);
    }
    login_flights_free(flights);
}

/* Many threads with few tokens: every one is told or finds the flight landed. */
static login_flights *shared;

static void gone(login_waiter *waiter)
{
    free(waiter);
}

static void *crowd(void *seed)
{
    for (unsigned i = 0; i < 2000; i++) {
        const unsigned char digest[32] = {(unsigned char)(((uintptr_t)seed + i) % 5)};
        login_waiter *waiter = calloc(1, sizeof *waiter);
        login_boarding boarding;
        login_flight *flight;
        waiter->landed = gone;
        assert_int_equal(login_flights_board(shared, digest, waiter, &boarding, &flight), OST_OK);
        if (boarding == LOGIN_FLY)
            land(shared, flight, i % 3 == 0 ? OST_E_TIMEOUT : OST_OK, 200);
        else if (boarding == LOGIN_LANDED)
            gone(waiter);
        login_flight_leave(flight);
    }
    return NULL;
}

static void many_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    shared = login_flights_new();
    for (uintptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, crowd, (void *)i), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    login_flights_free(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_flight_for_all),
        cmocka_unit_test(failures_are_not_kept),
        cmocka_unit_test(alone),
        cmocka_unit_test(the_table_is_bounded),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
