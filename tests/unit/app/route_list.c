/* SPDX-License-Identifier: Apache-2.0 */
/* A program's routes: a forgotten guard is found before anything is served. */
#include "app/route_list.h"
#include "base/array.h"
#include "test.h"

#include <string.h>

static void handler(ost_request *request)
{
    ost_reply_message(request, "never");
}

static void refused(const ost_route *routes, const char *said)
{
    size_t count = 77;
    ost_error error = {0};
    assert_int_equal(route_list_check(routes, &count, &error), OST_E_CONFIG);
    assert_int_equal(count, 77);
    if (strstr(error.detail, said) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.detail, said);
}

static void good_routes(void **state)
{
    (void)state;
    static const char *const scopes[] = {"items:write", NULL};
    static const ost_policy writers = {.scopes = scopes};
    const ost_route routes[] = {
        {"GET", "/public/", handler, OST_OPEN, NULL, 0},
        {"GET", "/items/", handler, OST_AUTHENTICATED, NULL, 0},
        {"DELETE", "/items/{id}", handler, &writers, NULL, 0},
        {0},
    };
    size_t count = 0;
    assert_int_equal(route_list_check(routes, &count, NULL), OST_OK);
    assert_int_equal(count, 3);
    assert_true(route_list_is_guarded(routes));
    assert_true(route_list_has(routes, "GET", "/items/"));
    assert_false(route_list_has(routes, "POST", "/items/"));
    assert_false(route_list_has(routes, "GET", "/items"));
    const ost_route open[] = {{"GET", "/", handler, OST_OPEN, NULL, 0}, {0}};
    assert_false(route_list_is_guarded(open));
}

/* {"GET", "/x", handler} leaves the guard out, and C fills it with zero. */
static void a_forgotten_guard_is_refused(void **state)
{
    (void)state;
    const ost_route routes[] = {
        {"GET", "/public/", handler, OST_OPEN, NULL, 0},
        {.method = "GET", .path = "/items/", .handler = handler},
        {0},
    };
    refused(routes, "GET /items/ has no guard: say OST_OPEN or give it a policy");
}

static void incomplete_routes_are_refused(void **state)
{
    (void)state;
    const ost_route no_handler[] = {{"GET", "/a", NULL, OST_OPEN, NULL, 0}, {0}};
    const ost_route no_method[] = {{NULL, "/a", handler, OST_OPEN, NULL, 0}, {0}};
    const ost_route no_path[] = {{"GET", "/a", handler, OST_OPEN, NULL, 0},
                                 {"GET", NULL, handler, OST_AUTHENTICATED, NULL, 0},
                                 {0}};
    const ost_route none[] = {{0}};
    refused(no_handler, "GET /a has no handler");
    refused(no_method, "route 1 has no method");
    refused(no_path, "route 2 has no path");
    refused(none, "no routes");
    refused(NULL, "no routes");
}

static void methods(void **state)
{
    (void)state;
    const char *const unknown[] = {"HEAD", "get", "FETCH", "", "GET "};
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        const ost_route routes[] = {{unknown[i], "/a", handler, OST_OPEN, NULL, 0}, {0}};
        refused(routes, "the method is not one of");
        assert_int_equal(route_list_method(unknown[i]), HTTP_OTHER);
    }
    assert_int_equal(route_list_method("PATCH"), HTTP_PATCH);
}

/* A list that lost its end is not walked for ever. */
static void a_list_has_an_end(void **state)
{
    (void)state;
    static ost_route routes[ROUTE_LIST_MAX + 1];
    for (size_t i = 0; i <= ROUTE_LIST_MAX; i++)
        routes[i] = (ost_route){"GET", "/a", handler, OST_OPEN, NULL, 0};
    refused(routes, "does the list end with {0}?");
}

/* The words for guards mean what they say. */
static void words(void **state)
{
    (void)state;
    assert_true(OST_OPEN->open);
    assert_false(OST_AUTHENTICATED->open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_routes),
        cmocka_unit_test(a_forgotten_guard_is_refused),
        cmocka_unit_test(incomplete_routes_are_refused),
        cmocka_unit_test(methods),
        cmocka_unit_test(a_list_has_an_end),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
