/* SPDX-License-Identifier: Apache-2.0 */
/* Checks a program's routes; see route_list.h. */
#include "app/route_list.h"

#include "base/array.h"

#include <string.h>

const ost_policy ost_policy_open = {.open = true};
const ost_policy ost_policy_authenticated = {0};

http_method route_list_method(const char *name)
{
    static const struct {
        const char *name;
        http_method method;
    } methods[] = {{"GET", HTTP_GET},     {"POST", HTTP_POST},     {"PUT", HTTP_PUT},
                   {"PATCH", HTTP_PATCH}, {"DELETE", HTTP_DELETE}, {"OPTIONS", HTTP_OPTIONS}};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (strcmp(name, methods[i].name) == 0)
            return methods[i].method;
    }
    return HTTP_OTHER;
}

/* The list ends with a route that is empty throughout: one that has lost its path is no end. */
static bool is_end(const ost_route *route)
{
    return route->path == NULL && route->method == NULL && route->handler == NULL;
}

static ost_result check_route(const ost_route *route, size_t number, ost_error *error)
{
    if (route->method == NULL || route->path == NULL)
        return ost_error_set(error, OST_E_CONFIG, "route %zu has no %s", number,
                             route->method == NULL ? "method" : "path");
    if (route_list_method(route->method) == HTTP_OTHER)
        return ost_error_set(
            error, OST_E_CONFIG,
            "%s %s: the method is not one of GET (which serves HEAD too), POST, PUT, "
            "PATCH, DELETE and OPTIONS",
            route->method, route->path);
    if (route->handler == NULL)
        return ost_error_set(error, OST_E_CONFIG, "%s %s has no handler", route->method,
                             route->path);
    if (route->guard == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "%s %s has no guard: say OST_OPEN or give it a policy", route->method,
                             route->path);
    return OST_OK;
}

ost_result route_list_check(const ost_route *routes, size_t *ret_count, ost_error *error)
{
    size_t count = 0;
    if (routes == NULL)
        return ost_error_set(error, OST_E_CONFIG, "the program has no routes");
    for (; !is_end(&routes[count]); count++) {
        if (count == ROUTE_LIST_MAX)
            return ost_error_set(error, OST_E_CONFIG,
                                 "more than %d routes: does the list end with {0}?",
                                 ROUTE_LIST_MAX);
        ost_result result = check_route(&routes[count], count + 1, error);
        if (result != OST_OK)
            return result;
    }
    if (count == 0)
        return ost_error_set(error, OST_E_CONFIG, "the program has no routes");
    *ret_count = count;
    return OST_OK;
}

bool route_list_has(const ost_route *routes, const char *method, const char *path)
{
    for (; !is_end(routes); routes++) {
        if (strcmp(routes->method, method) == 0 && strcmp(routes->path, path) == 0)
            return true;
    }
    return false;
}

bool route_list_is_guarded(const ost_route *routes)
{
    for (; !is_end(routes); routes++) {
        if (!routes->guard->open)
            return true;
    }
    return false;
}
