/* SPDX-License-Identifier: Apache-2.0 */
/* The API framework: an HTTP program whose routes carry their guards. A route without a guard does
 * not start; an open one says so. The OpenAPI description, the docs page, browser login, health and
 * metrics come by themselves. */
#ifndef OSTIARY_APP_H
#define OSTIARY_APP_H

#include <ostiary/guard.h>
#include <ostiary/json.h>
#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One request on its way to its reply. Valid while its handler runs. */
typedef struct ost_request ost_request;

/* Answers the request by one of the ost_reply functions. Runs on an event loop: must not block. A
 * handler that does not reply is answered 500. */
typedef void (*ost_handler)(ost_request *request);

typedef struct ost_route {
    const char *method; /* "GET", "POST", … */
    const char *path;   /* "/items/{item_id}" */
    ost_handler handler;
    const ost_policy *guard; /* required: OST_OPEN, OST_AUTHENTICATED or a policy of your own */
    const char *summary;     /* for the docs; NULL: made from the path */
    size_t max_body;         /* bytes; 0: 1 MiB for POST, PUT, PATCH, none for others */
} ost_route;

/* Anyone may come in; no token is looked at. */
OST_PUBLIC extern const ost_policy ost_policy_open;
#define OST_OPEN (&ost_policy_open)
/* A valid access token for this API, whatever its scopes and roles. */
OST_PUBLIC extern const ost_policy ost_policy_authenticated;
#define OST_AUTHENTICATED (&ost_policy_authenticated)

typedef struct ost_app {
    const char *title;
    const char *version;     /* NULL: "0.1.0" */
    const char *description; /* NULL: none */
    const ost_route *routes; /* ends with a route whose path is NULL */
} ost_app;

/* The whole main of a program: reads options (--help lists them: port, issuer, audience, client,
 * cookie secret, TLS …; each has an environment variable too), checks the routes, serves until
 * SIGINT or SIGTERM. Returns the exit status: 0, 1 for a failure, 2 for wrong options or routes.
 * The only function of the library that prints; it is a program's, not a library's. */
OST_PUBLIC int ost_app_main(int argc, char **argv, const ost_app *app);

/* ---- what came ---- */

/* All of these are for the handler, in its thread, and what they give lives until it returns.
 *
 * Memory of the request's, 4 MiB at most, wiped when it has been answered. */
OST_PUBLIC ost_arena *ost_request_arena(ost_request *request);
/* Who asks; NULL on an open route. */
OST_PUBLIC const ost_identity *ost_request_identity(const ost_request *request);
/* The token's subject; empty on an open route. */
OST_PUBLIC ost_text ost_request_subject(const ost_request *request);
/* "GET"; and the path, decoded once: UTF-8 without NUL and dot segments. */
OST_PUBLIC ost_text ost_request_method(const ost_request *request);
OST_PUBLIC ost_text ost_request_path(const ost_request *request);
/* Path and query parameters, decoded, and header fields, whose names have no case: the first of
 * several; NULL data when absent, and for all of a query that is malformed. */
OST_PUBLIC ost_text ost_request_parameter(const ost_request *request, const char *name);
OST_PUBLIC ost_text ost_request_query(ost_request *request, const char *name);
OST_PUBLIC ost_text ost_request_field(const ost_request *request, const char *name);
/* The body as it came, of at most the route's max_body; empty when there is none. */
OST_PUBLIC ost_text ost_request_body(const ost_request *request);
/* The body as JSON. On failure the request has been answered 400 or 422; just return. */
OST_PUBLIC OST_MUST_CHECK bool ost_request_json(ost_request *request, const ost_json **ret_value);

/* ---- what goes ---- */

/* The first answer counts, later ones are ignored. A status that is none (200 to 599) and a type or
 * a field that could not be sent make it a 500, as does a writer that failed.
 *
 * Sends the writer's document. */
OST_PUBLIC void ost_reply_json(ost_request *request, int status, ost_json_writer *writer);
/* {"message": <formatted text>}, status 200. */
OST_PUBLIC void ost_reply_message(ost_request *request, const char *format, ...) OST_PRINTF(2, 3);
/* {"detail": <formatted text>}: an error, as FastAPI's HTTPException. */
OST_PUBLIC void ost_reply_detail(ost_request *request, int status, const char *format, ...)
    OST_PRINTF(3, 4);
/* A body of your own, of media type `type`; copied or sent before this returns. */
OST_PUBLIC void ost_reply(ost_request *request, int status, const char *type, ost_text body);
/* A header field of the answer, before it is sent; the last of a name counts. Errors:
 * OST_E_ARGUMENT (the name is not a token, or CR, LF or NUL in the value), OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_reply_field(ost_request *request, const char *name,
                                                     ost_text value);

#ifdef __cplusplus
}
#endif

#endif
