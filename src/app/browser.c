/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what browsers send and sets their cookies; see browser.h. */
#include "app/browser.h"

#include <string.h>

#include "app/config/origin.h"
#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"

#define TARGET_MAX 8192

ost_text browser_base(const app_settings *settings, const http_request *request, ost_arena *arena)
{
    if (settings->base_url != NULL)
        return text_of(settings->base_url);
    if (!settings_host_is_local(request->authority))
        return (ost_text){0};
    char *base = ost_arena_format(arena, "%s://%.*s", request->secure ? "https" : "http",
                                  (int)request->authority.len, request->authority.data);
    if (base == NULL)
        return (ost_text){0};
    /* Origins are compared byte by byte, so it is spelt as browsers do. */
    ost_text origin;
    text_make_lower(base, strlen(base));
    return origin_read(text_of(base), &origin) == OST_OK ? origin : (ost_text){0};
}

login_place browser_place(const app_settings *settings, http_exchange *exchange)
{
    if (settings->place_of != NULL)
        return settings->place_of(settings->places, exchange);
    return login_place_of(browser_base(settings, http_request_of(exchange), http_arena(exchange)));
}

ost_result browser_cookies(const http_request *request, ost_arena *arena, ost_login_jar *ret_jar)
{
    size_t count = http_request_field_count(request, "cookie"), at = 0;
    *ret_jar = (ost_login_jar){0};
    if (count == 0)
        return OST_OK;
    if (count > OST_LOGIN_PAIRS)
        count = OST_LOGIN_PAIRS;
    ost_text *fields = ost_arena_alloc(arena, count * sizeof *fields);
    if (fields == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < request->field_count && at < count; i++) {
        if (text_is(request->fields[i].name, "cookie"))
            fields[at++] = request->fields[i].value;
    }
    return ost_login_jar_read(fields, at, arena, ret_jar);
}

static bool is_zero(ost_text value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] != (i == 1 ? '.' : '0'))
            return false;
    }
    return value.len > 0;
}

/* A weight of nothing means "not acceptable" (RFC 9110 §12.4.2). */
static bool has_weight(ost_text parameters)
{
    for (ost_text rest = parameters, piece; text_next(&rest, ';', &piece);) {
        ost_text parameter = text_trim(piece);
        size_t equals = text_find(parameter, '=', 0);
        ost_text value = text_slice(parameter, equals + 1, parameter.len);
        if (text_equal_ignoring_case(text_slice(parameter, 0, equals), OST_TEXT("q")))
            return !is_zero(value);
    }
    return true;
}

/* The comma-separated list names text/html, and does not rule it out. */
static bool names_html(ost_text accept)
{
    for (ost_text rest = accept, piece; text_next(&rest, ',', &piece);) {
        size_t type_end = text_find(piece, ';', 0);
        ost_text type = text_trim(text_slice(piece, 0, type_end));
        if (text_equal_ignoring_case(type, OST_TEXT("text/html")) &&
            has_weight(text_slice(piece, type_end + 1, piece.len)))
            return true;
    }
    return false;
}

static bool accepts_html(const http_request *request)
{
    for (size_t i = 0; i < request->field_count; i++) {
        if (text_is(request->fields[i].name, "accept") && names_html(request->fields[i].value))
            return true;
    }
    return false;
}

bool browser_navigates(const http_request *request)
{
    if (request->method != HTTP_GET || http_request_field_count(request, "authorization") > 0)
        return false;
    ost_text mode = http_request_field(request, "sec-fetch-mode");
    ost_text destination = http_request_field(request, "sec-fetch-dest");
    if (mode.data != NULL)
        return text_is(mode, "navigate") &&
               (destination.data == NULL || text_is(destination, "document"));
    return accepts_html(request) && http_request_field(request, "x-requested-with").data == NULL;
}

bool browser_is_same_origin(const http_request *request, ost_text base)
{
    ost_text site = http_request_field(request, "sec-fetch-site");
    ost_text origin = http_request_field(request, "origin");
    if (site.data != NULL && !text_is(site, "same-origin"))
        return false;
    if (origin.data != NULL)
        return base.len > 0 && text_equal(origin, base);
    return site.data != NULL;
}

/* What RFC 3986 §3.3 lets stand in a path. */
static bool stands_in_path(char c)
{
    return text_is_made_of((ost_text){&c, 1}, "-._~/:@!$&'()*+,;=");
}

ost_text browser_target(const http_request *request, ost_arena *arena)
{
    buffer_auto buffer target = {0};
    buffer_init(&target, TARGET_MAX);
    for (size_t i = 0; i < request->path.len; i++) {
        char c = request->path.data[i];
        if (stands_in_path(c))
            buffer_append_byte(&target, c);
        else
            percent_append(&target, (ost_text){&c, 1});
    }
    if (request->query.len > 0) {
        buffer_append_byte(&target, '?');
        buffer_append(&target, request->query);
    }
    char *copy = target.failed == OST_OK ? ost_arena_copy(arena, buffer_text(&target)) : NULL;
    return copy != NULL ? (ost_text){copy, target.len} : (ost_text){0};
}

ost_result browser_set_cookies(http_exchange *exchange, const login_place *place,
                               const ost_login_step *step)
{
    for (size_t i = 0; i < step->cookie_count; i++) {
        ost_text field;
        ost_result result =
            login_set_cookie(&step->cookies[i], place, http_arena(exchange), &field);
        if (result == OST_OK)
            result = http_add_field(exchange, "Set-Cookie", field);
        if (result != OST_OK)
            return result;
    }
    return OST_OK;
}
