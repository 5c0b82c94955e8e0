/* SPDX-License-Identifier: Apache-2.0 */
/* The description of the API in OpenAPI 3.1.0, made from its routes and their guards. */
#ifndef OPENAPI_H
#define OPENAPI_H

#include <ostiary/app.h>
#include <ostiary/json.h>

/* Where the provider's endpoints are; empty texts: not known (yet), and then only bearer tokens are
 * described. */
typedef struct openapi_provider {
    ost_text authorization;
    ost_text token;
} openapi_provider;

/* Names are made in the arena; a failure shows when the writer is finished. */
void openapi_write(const ost_app *app, const openapi_provider *provider, ost_arena *arena,
                   ost_json_writer *writer);

/* "read_items_items__get": unique by method and path, in the manner of FastAPI. In the arena; empty
 * without memory. */
ost_text openapi_operation(const ost_route *route, ost_arena *arena);

/* "Read Items": the summary of a route that has none. */
ost_text openapi_summary(const ost_route *route, ost_arena *arena);

#endif
