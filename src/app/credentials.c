/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers the request's credentials; see credentials.h. Of fields that stand twice every one is
 * handed on: they are the guard's to refuse. */
#include "app/credentials.h"

#include "base/text.h"

/* Every value of that field, in order. */
static bool gather(const ost_request *request, const char *name, const ost_text **ret_values,
                   size_t *ret_count)
{
    const http_request *http = request->http;
    size_t count = http_request_field_count(http, name), at = 0;
    if (count == 0)
        return true;
    ost_text *values = ost_arena_alloc(http_arena(request->exchange), count * sizeof *values);
    if (values == NULL)
        return false;
    for (size_t i = 0; i < http->field_count && at < count; i++) {
        if (text_is(http->fields[i].name, name))
            values[at++] = http->fields[i].value;
    }
    *ret_values = values;
    *ret_count = at;
    return true;
}

/* Where clients reach this API (RFC 9449 §4.3): by what the operator has said, or as this machine.
 * A proof that was made for another API must not become good here by its name in Host. Without a
 * proof the origin is enough: it tells that proofs could be checked. */
static bool take_url(ost_request *request)
{
    ost_credentials *taken = &request->credentials;
    ost_arena *arena = http_arena(request->exchange);
    taken->method = request->http->method_name;
    taken->url = browser_place(request->server->settings, request->exchange).base;
    if (taken->url.len == 0 || taken->dpop_count == 0)
        return true;
    ost_text target = browser_target(request->http, arena);
    taken->url =
        text_of(ost_arena_format(arena, "%.*s%.*s", OST_FORMAT(taken->url), OST_FORMAT(target)));
    return target.len > 0 && taken->url.len > 0;
}

ost_result credentials_take(ost_request *request)
{
    ost_credentials *taken = &request->credentials;
    if (!gather(request, "authorization", &taken->authorization, &taken->authorization_count) ||
        !gather(request, "dpop", &taken->dpop, &taken->dpop_count) || !take_url(request))
        return OST_E_MEMORY;
    return http_client_certificate(request->exchange, &taken->certificate);
}
