/* SPDX-License-Identifier: Apache-2.0 */
/* A program's list of routes, checked before anything is served: a forgotten guard is an error, not
 * an open door. */
#ifndef ROUTE_LIST_H
#define ROUTE_LIST_H

#include <ostiary/app.h>

#include "http/http.h"

#define ROUTE_LIST_MAX 10000

/* OST_E_CONFIG with a sentence that names the route: no guard, no handler, no path, an unknown
 * method. What a path may look like, and that it stands once, is the engine's to check. */
OST_MUST_CHECK ost_result route_list_check(const ost_route *routes, size_t *ret_count,
                                           ost_error *error);

/* "GET" and so on; HTTP_OTHER for what no route can have. */
http_method route_list_method(const char *name);

/* True when the list has this very route. */
bool route_list_has(const ost_route *routes, const char *method, const char *path);

/* True when any route asks for a token. */
bool route_list_is_guarded(const ost_route *routes);

#endif
