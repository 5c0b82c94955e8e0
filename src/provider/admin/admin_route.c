/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the operation of a path; see admin_route.h. */
#include "provider/admin/admin_route.h"

#include "base/text.h"

/* The next segment of what is left of a path, without its slashes; false at the end. */
static bool next_segment(ost_text *rest, ost_text *ret_segment)
{
    while (rest->len > 0 && rest->data[0] == '/')
        *rest = text_slice(*rest, 1, rest->len);
    if (rest->len == 0)
        return false;
    size_t end = text_find(*rest, '/', 0);
    *ret_segment = text_slice(*rest, 0, end);
    *rest = text_slice(*rest, end, rest->len);
    return true;
}

/* How many segments of the template are literal; -1: the path does not fit. */
static int fit(const char *template, ost_text path, ost_text *ret_values, ost_text *ret_rest)
{
    ost_text pattern = text_of(template), expected, came;
    int literal = 0;
    size_t values = 0;
    while (next_segment(&pattern, &expected)) {
        if (text_is(expected, "*")) {
            *ret_rest = text_starts(path, "/") ? text_slice(path, 1, path.len) : path;
            return literal;
        }
        if (text_is(expected, "{id*}") && path.len > 1 && values < ADMIN_PARAMETERS_MAX) {
            ret_values[values] = text_slice(path, 1, path.len);
            return literal;
        }
        if (!next_segment(&path, &came))
            return -1;
        if (expected.data[0] == '{' && values < ADMIN_PARAMETERS_MAX)
            ret_values[values++] = came;
        else if (text_equal(expected, came))
            literal++;
        else
            return -1;
    }
    return next_segment(&path, &came) ? -1 : literal;
}

/* The better one of what was found before and what the table has. */
static void find_in(const admin_table *table, http_method method, ost_text path, int *best,
                    admin_match *match)
{
    for (size_t i = 0; i < table->count; i++) {
        const admin_route *route = &table->routes[i];
        ost_text values[ADMIN_PARAMETERS_MAX] = {0}, rest = {0};
        int literal = fit(route->path, path, values, &rest);
        match->known = match->known || literal >= 0;
        if (literal <= *best || (route->method != method && route->method != HTTP_OTHER))
            continue;
        *best = literal;
        match->route = route;
        match->rest = rest;
        match->takes_text = table == &admin_text_operations;
        for (size_t k = 0; k < ADMIN_PARAMETERS_MAX; k++)
            match->values[k] = values[k];
    }
}

void admin_route_find(http_method method, ost_text path, admin_match *ret_match)
{
    admin_match match = {0};
    int best = -1;
    for (size_t i = 0; admin_tables[i] != NULL; i++)
        find_in(admin_tables[i], method, path, &best, &match);
    *ret_match = match;
}
