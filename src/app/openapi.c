/* SPDX-License-Identifier: Apache-2.0 */
/* Describes an API; see openapi.h. */
#include "app/openapi.h"

#include <string.h>

#include "app/route_list.h"
#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/text.h"

#define NAME_MAX_BYTES 1024
#define JSON "application/json"

/* ---- names ---- */

static bool is_word(char c)
{
    return ascii_is_alphanumeric(c) || c == '_';
}

static const char *verb_of(const char *method)
{
    static const struct {
        const char *method, *verb;
    } verbs[] = {{"GET", "read"},     {"POST", "create"},   {"PUT", "replace"},
                 {"PATCH", "update"}, {"DELETE", "delete"}, {"OPTIONS", "describe"}};
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (strcmp(method, verbs[i].method) == 0)
            return verbs[i].verb;
    }
    return "call";
}

/* The verb and the path's fixed segments: "read_items", or "Read Items" as a title. */
static void append_name(buffer *to, const ost_route *route, bool title)
{
    buffer_append_string(to, verb_of(route->method));
    for (ost_text rest = text_of(route->path), piece; text_next(&rest, '/', &piece);) {
        if (piece.len == 0 || piece.data[0] == '{')
            continue;
        buffer_append_byte(to, title ? ' ' : '_');
        for (size_t i = 0; i < piece.len; i++)
            buffer_append_byte(to, is_word(piece.data[i]) ? piece.data[i] : title ? ' ' : '_');
    }
}

static ost_text keep(buffer *made, ost_arena *arena)
{
    char *copy = made->failed == OST_OK ? ost_arena_copy(arena, buffer_text(made)) : NULL;
    return copy != NULL ? (ost_text){copy, made->len} : (ost_text){0};
}

ost_text openapi_operation(const ost_route *route, ost_arena *arena)
{
    buffer_auto buffer name = {0};
    buffer_init(&name, NAME_MAX_BYTES);
    append_name(&name, route, false);
    for (const char *c = route->path; *c != '\0'; c++)
        buffer_append_byte(&name, is_word(*c) ? *c : '_');
    buffer_append_byte(&name, '_');
    for (const char *c = route->method; *c != '\0'; c++)
        buffer_append_byte(&name, (char)(*c | 0x20));
    return keep(&name, arena);
}

ost_text openapi_summary(const ost_route *route, ost_arena *arena)
{
    buffer_auto buffer title = {0};
    buffer_init(&title, NAME_MAX_BYTES);
    append_name(&title, route, true);
    for (size_t i = 0; i < title.len; i++) {
        bool first = i == 0 || title.data[i - 1] == ' ';
        if (first && title.data[i] >= 'a' && title.data[i] <= 'z')
            title.data[i] = (char)(title.data[i] - ('a' - 'A'));
    }
    return keep(&title, arena);
}

/* ---- one operation ---- */

typedef struct description {
    const ost_app *app;
    const openapi_provider *provider;
    ost_json_writer *writer;
    ost_arena *arena; /* for names; small */
} description;

static bool has_oauth(const description *d)
{
    return d->provider->authorization.len > 0 && d->provider->token.len > 0;
}

static void open_member(ost_json_writer *writer, const char *name)
{
    ost_json_put_name(writer, text_of(name));
    ost_json_open_object(writer);
}

static void open_list(ost_json_writer *writer, const char *name)
{
    ost_json_put_name(writer, text_of(name));
    ost_json_open_array(writer);
}

static void write_list(ost_json_writer *writer, const char *const *values)
{
    for (; values != NULL && *values != NULL; values++)
        ost_json_put_text(writer, text_of(*values));
}

/* {"content": {"application/json": {"schema": …}}}, open for the schema's members. */
static void write_content(ost_json_writer *writer, const char *reference)
{
    open_member(writer, "content");
    open_member(writer, JSON);
    open_member(writer, "schema");
    if (reference != NULL)
        ost_json_member_string(writer, "$ref", reference);
    ost_json_close_object(writer);
    ost_json_close_object(writer);
    ost_json_close_object(writer);
}

static void write_response(ost_json_writer *writer, const char *status, const char *text,
                           const char *reference)
{
    open_member(writer, status);
    ost_json_member_string(writer, "description", text);
    write_content(writer, reference);
    ost_json_close_object(writer);
}

static void write_responses(ost_json_writer *writer, const ost_policy *guard)
{
    static const char refusal[] = "#/components/schemas/Refusal";
    open_member(writer, "responses");
    write_response(writer, "200", "Successful Response", NULL);
    if (!guard->open) {
        write_response(writer, "401", "No valid token", refusal);
        write_response(writer, "403", "The token lacks a scope or a role", refusal);
        write_response(writer, "503", "The issuer's keys are not known yet", refusal);
    }
    ost_json_close_object(writer);
}

/* "{name}" and "{name...}" are parameters that take a segment, or all that remains. */
static bool parameter_name(ost_text segment, ost_text *ret_name)
{
    if (segment.len < 3 || segment.data[0] != '{' || !text_ends(segment, "}"))
        return false;
    ost_text name = text_slice(segment, 1, segment.len - 2);
    if (text_ends(name, "..."))
        name.len -= 3;
    *ret_name = name;
    return true;
}

static void write_parameters(ost_json_writer *writer, const char *path)
{
    ost_text name;
    bool any = false;
    for (ost_text rest = text_of(path), piece; text_next(&rest, '/', &piece);) {
        if (!parameter_name(piece, &name))
            continue;
        if (!any)
            open_list(writer, "parameters");
        any = true;
        ost_json_open_object(writer);
        ost_json_member_text(writer, "name", name);
        ost_json_member_string(writer, "in", "path");
        ost_json_member_boolean(writer, "required", true);
        open_member(writer, "schema");
        ost_json_member_string(writer, "type", "string");
        ost_json_close_object(writer);
        ost_json_close_object(writer);
    }
    if (any)
        ost_json_close_array(writer);
}

/* Either scheme will do. */
static void write_security(const description *d, const ost_policy *guard)
{
    ost_json_writer *writer = d->writer;
    open_list(writer, "security");
    if (has_oauth(d)) {
        ost_json_open_object(writer);
        open_list(writer, "OAuth2");
        write_list(writer, guard->scopes);
        ost_json_close_array(writer);
        ost_json_close_object(writer);
    }
    ost_json_open_object(writer);
    open_list(writer, "Bearer");
    ost_json_close_array(writer);
    ost_json_close_object(writer);
    ost_json_close_array(writer);
}

static bool takes_body(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
           strcmp(method, "PATCH") == 0;
}

static void write_operation(const description *d, const ost_route *route)
{
    ost_json_writer *writer = d->writer;
    char method[16] = "";
    for (size_t i = 0; i < sizeof method - 1 && route->method[i] != '\0'; i++)
        method[i] = (char)(route->method[i] | 0x20);
    open_member(writer, method);
    ost_json_member_text(writer, "summary",
                         route->summary != NULL ? text_of(route->summary)
                                                : openapi_summary(route, d->arena));
    ost_json_member_text(writer, "operationId", openapi_operation(route, d->arena));
    write_parameters(writer, route->path);
    if (takes_body(route->method)) {
        open_member(writer, "requestBody");
        write_content(writer, NULL);
        ost_json_close_object(writer);
    }
    write_responses(writer, route->guard);
    if (!route->guard->open)
        write_security(d, route->guard);
    ost_json_close_object(writer);
}

/* ---- the whole ---- */

/* "/files/{path...}" is "/files/{path}" to OpenAPI. */
static ost_text plain_path(const char *path, ost_arena *arena)
{
    const char *dots = strstr(path, "...}");
    if (dots == NULL)
        return text_of(path);
    return text_of(ost_arena_format(arena, "%.*s}", (int)(dots - path), path));
}

/* Routes of one path may stand anywhere in the list, and are one item here. */
static void write_paths(const description *d)
{
    const ost_route *routes = d->app->routes;
    open_member(d->writer, "paths");
    for (size_t i = 0; routes[i].path != NULL; i++) {
        bool before = false;
        for (size_t k = 0; k < i && !before; k++)
            before = strcmp(routes[k].path, routes[i].path) == 0;
        if (before)
            continue;
        ost_json_put_name(d->writer, plain_path(routes[i].path, d->arena));
        ost_json_open_object(d->writer);
        for (size_t k = i; routes[k].path != NULL; k++) {
            if (strcmp(routes[k].path, routes[i].path) == 0)
                write_operation(d, &routes[k]);
        }
        ost_json_close_object(d->writer);
    }
    ost_json_close_object(d->writer);
}

static bool stands_before(const ost_route *routes, const ost_route *until, const char *const *value)
{
    for (; routes <= until; routes++) {
        for (const char *const *each = routes->guard->scopes; each != NULL && *each != NULL;
             each++) {
            if (each == value)
                return false;
            if (strcmp(*each, *value) == 0)
                return true;
        }
    }
    return false;
}

/* Every scope that some route asks for, once. */
static void write_scopes(const description *d)
{
    const ost_route *routes = d->app->routes;
    open_member(d->writer, "scopes");
    ost_json_member_string(d->writer, "openid", "Who you are");
    for (const ost_route *route = routes; route->path != NULL; route++) {
        for (const char *const *scope = route->guard->scopes; scope != NULL && *scope != NULL;
             scope++) {
            if (strcmp(*scope, "openid") != 0 && !stands_before(routes, route, scope))
                ost_json_member_string(d->writer, *scope, "");
        }
    }
    ost_json_close_object(d->writer);
}

static void write_schemes(const description *d)
{
    ost_json_writer *writer = d->writer;
    open_member(writer, "securitySchemes");
    if (has_oauth(d)) {
        open_member(writer, "OAuth2");
        ost_json_member_string(writer, "type", "oauth2");
        open_member(writer, "flows");
        open_member(writer, "authorizationCode");
        ost_json_member_text(writer, "authorizationUrl", d->provider->authorization);
        ost_json_member_text(writer, "tokenUrl", d->provider->token);
        ost_json_member_text(writer, "refreshUrl", d->provider->token);
        write_scopes(d);
        ost_json_close_object(writer);
        ost_json_close_object(writer);
        ost_json_close_object(writer);
    }
    open_member(writer, "Bearer");
    ost_json_member_string(writer, "type", "http");
    ost_json_member_string(writer, "scheme", "bearer");
    ost_json_member_string(writer, "bearerFormat", "JWT");
    ost_json_close_object(writer);
    ost_json_close_object(writer);
}

static void write_components(const description *d)
{
    ost_json_writer *writer = d->writer;
    open_member(writer, "components");
    open_member(writer, "schemas");
    open_member(writer, "Refusal");
    ost_json_member_string(writer, "type", "object");
    open_list(writer, "required");
    ost_json_put_text(writer, OST_TEXT("detail"));
    ost_json_close_array(writer);
    open_member(writer, "properties");
    open_member(writer, "detail");
    ost_json_member_string(writer, "type", "string");
    ost_json_close_object(writer);
    ost_json_close_object(writer);
    ost_json_close_object(writer);
    ost_json_close_object(writer);
    write_schemes(d);
    ost_json_close_object(writer);
}

void openapi_write(const ost_app *app, const openapi_provider *provider, ost_arena *arena,
                   ost_json_writer *writer)
{
    const description d = {.app = app, .provider = provider, .writer = writer, .arena = arena};
    ost_json_open_object(writer);
    ost_json_member_string(writer, "openapi", "3.1.0");
    open_member(writer, "info");
    ost_json_member_string(writer, "title", app->title != NULL ? app->title : "API");
    if (app->description != NULL)
        ost_json_member_string(writer, "description", app->description);
    ost_json_member_string(writer, "version", app->version != NULL ? app->version : "0.1.0");
    ost_json_close_object(writer);
    write_paths(&d);
    if (route_list_is_guarded(app->routes))
        write_components(&d);
    ost_json_close_object(writer);
}
