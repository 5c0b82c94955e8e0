/* SPDX-License-Identifier: Apache-2.0 */
/* Which route a path finds, and which sets of routes are refused at the start. */
#include "http/message/router.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static void handler(http_exchange *exchange, void *user) {}

static int names[16];
#define ROUTE(verb, text, index)                                                                   \
    {                                                                                              \
        .method = verb, .path = text, .handler = handler, .user = &names[index]                    \
    }

static const http_route routes[] = {
    ROUTE(HTTP_GET, "/", 0),
    ROUTE(HTTP_GET, "/items/", 1),
    ROUTE(HTTP_GET, "/items/{id}", 2),
    ROUTE(HTTP_GET, "/items/special", 3),
    ROUTE(HTTP_POST, "/items/{other}", 4),
    ROUTE(HTTP_GET, "/items/{id}/parts/{part}", 5),
    ROUTE(HTTP_GET, "/files/{rest...}", 6),
    ROUTE(HTTP_GET, "/{a}/x", 7),
    ROUTE(HTTP_GET, "/items/special/parts", 8),
};

static ost_arena *arena;
static router *made;

static int set_up(void **state)
{
    arena = ost_arena_new(1 << 20);
    return arena != NULL &&
                   router_new(routes, ARRAY_LEN(routes), false, 1000, arena, &made, NULL) == OST_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    ost_arena_free(arena);
    return 0;
}

static int find(http_method method, const char *path, route_match *match)
{
    router_find(made, method, text_of(path), match);
    return match->route == NULL ? -1 : (int)((int *)match->route->user - names);
}

static void finds(void **state)
{
    route_match m;
    assert_int_equal(find(HTTP_GET, "/", &m), 0);
    assert_int_equal(find(HTTP_GET, "/items/", &m), 1);
    assert_int_equal(find(HTTP_GET, "/items/special", &m), 3);
    assert_int_equal(find(HTTP_GET, "/items/7", &m), 2);
    assert_true(text_is(m.values[0], "7"));
    assert_int_equal(find(HTTP_POST, "/items/7", &m), 4);
    assert_string_equal(m.route->parameters[0], "other");
    assert_int_equal(find(HTTP_POST, "/items/special", &m), 4); /* the literal has no POST */
    assert_int_equal(find(HTTP_GET, "/items/a/parts/b", &m), 5);
    assert_true(text_is(m.values[0], "a") && text_is(m.values[1], "b"));
    assert_int_equal(find(HTTP_GET, "/items/special/parts/b", &m), 5); /* back from the literal */
    assert_true(text_is(m.values[0], "special") && text_is(m.values[1], "b"));
    assert_int_equal(find(HTTP_GET, "/items/x", &m), 2);
    assert_int_equal(find(HTTP_GET, "/other/x", &m), 7);
    assert_int_equal(find(HTTP_HEAD, "/items/7", &m), 2);
    assert_int_equal(find(HTTP_GET, "/files/a/b/c", &m), 6);
    assert_true(text_is(m.values[0], "a/b/c"));
    assert_int_equal(find(HTTP_GET, "/files/", &m), 6);
    assert_true(text_is(m.values[0], ""));
}

static void does_not_find(void **state)
{
    route_match m;
    assert_int_equal(find(HTTP_GET, "/items", &m), -1);
    assert_int_equal(m.methods, 0);
    assert_int_equal(find(HTTP_GET, "/items//parts/b", &m), -1); /* a parameter is never empty */
    assert_int_equal(find(HTTP_GET, "/files", &m), -1);
    assert_int_equal(find(HTTP_GET, "items/", &m), -1);
    assert_int_equal(find(HTTP_GET, "", &m), -1);
    assert_int_equal(find(HTTP_GET, "*", &m), -1);
    assert_int_equal(find(HTTP_PUT, "/items/7", &m), -1);
    char allow[64];
    assert_true(text_is(router_allow(m.methods, allow), "GET, HEAD, POST, OPTIONS"));
    assert_int_equal(find(HTTP_OTHER, "/items/7", &m), -1);
    assert_int_not_equal(m.methods, 0);
}

static void body_ceilings(void **state)
{
    route_match m;
    find(HTTP_GET, "/", &m);
    assert_int_equal(m.route->max_body, 0);
    find(HTTP_POST, "/items/7", &m);
    assert_int_equal(m.route->max_body, 1000);
}

static void refused(const char *path)
{
    ost_arena *own = ost_arena_new(1 << 20);
    const http_route one = {.method = HTTP_GET, .path = path, .handler = handler};
    router *r = NULL;
    ost_error error = {0};
    assert_int_equal(router_new(&one, 1, false, 0, own, &r, &error), OST_E_CONFIG);
    assert_null(r);
    assert_int_not_equal(error.detail[0], '\0');
    ost_arena_free(own);
}

static void bad_routes(void **state)
{
    refused("items");
    refused("");
    refused(NULL);
    refused("/a{b}");
    refused("/{a}b");
    refused("/{}");
    refused("/{...}");
    refused("/{a}/{a}");
    refused("/{a...}/b");
    refused("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}");
    const http_route twice[] = {ROUTE(HTTP_GET, "/a/{b}", 0), ROUTE(HTTP_GET, "/a/{c}", 1)};
    router *r = NULL;
    assert_int_equal(router_new(twice, 2, false, 0, arena, &r, NULL), OST_E_CONFIG);
    const http_route no_handler = {.method = HTTP_GET, .path = "/"};
    assert_int_equal(router_new(&no_handler, 1, false, 0, arena, &r, NULL), OST_E_CONFIG);
    const http_route other = {.method = HTTP_OTHER, .path = "/", .handler = handler};
    assert_int_equal(router_new(&other, 1, false, 0, arena, &r, NULL), OST_E_CONFIG);
}

/* P20: as Keycloak's router, where it is asked for. */
static void p20_slashes_may_be_too_many(void **state)
{
    (void)state;
    static const char *const same[] = {"/items/7", "/items/7/", "/items//7", "/items///7//"};
    static const http_route one[] = {
        {.method = HTTP_GET, .path = "/", .handler = handler},
        {.method = HTTP_GET, .path = "/items/{id}", .handler = handler}};
    router *loose, *strict;
    route_match m;
    assert_int_equal(router_new(one, 2, true, 0, arena, &loose, NULL), OST_OK);
    assert_int_equal(router_new(one, 2, false, 0, arena, &strict, NULL), OST_OK);
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        router_find(loose, HTTP_GET, text_of(same[i]), &m);
        assert_non_null(m.route);
        assert_true(text_is(m.values[0], "7"));
        router_find(strict, HTTP_GET, text_of(same[i]), &m);
        assert_int_equal(m.route != NULL, i == 0);
    }
    router_find(loose, HTTP_GET, OST_TEXT("/"), &m);
    assert_non_null(m.route);
    router_find(loose, HTTP_GET, OST_TEXT("/items/"), &m);
    assert_null(m.route);
    router_find(loose, HTTP_GET, OST_TEXT("/items/7/x"), &m);
    assert_null(m.route);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p20_slashes_may_be_too_many),
        cmocka_unit_test(finds),
        cmocka_unit_test(does_not_find),
        cmocka_unit_test(body_ceilings),
        cmocka_unit_test(bad_routes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
