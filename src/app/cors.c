/* SPDX-License-Identifier: Apache-2.0 */
/* Answers pages of other origins; see cors.h. */
#include "app/cors.h"

#include "app/request.h"
#include "base/text.h"

#define ASKED_MAX 2048

/* NULL data: it may not. */
static ost_text allowed_origin(const http_exchange *exchange, const app_settings *settings)
{
    ost_text origin = http_request_field(http_request_of(exchange), "origin");
    for (size_t i = 0; i < settings->cors_origin_count && origin.len > 0; i++) {
        ost_text allowed = text_of(settings->cors_origins[i]);
        if (text_is(allowed, "*") || text_equal(allowed, origin))
            return allowed;
    }
    return (ost_text){0};
}

static void allow(http_exchange *exchange, ost_text origin)
{
    request_set(exchange, "Access-Control-Allow-Origin", origin);
    request_set(exchange, "Access-Control-Expose-Headers",
                OST_TEXT("WWW-Authenticate, DPoP-Nonce, Retry-After, Location, ETag"));
}

void cors_allow(http_exchange *exchange, const app_server *server)
{
    if (server->settings->cors_origin_count == 0)
        return;
    /* A cache must not give one origin the answer that was for another. */
    if (http_add_field(exchange, "Vary", OST_TEXT("Origin")) != OST_OK)
        return;
    ost_text origin = allowed_origin(exchange, server->settings);
    if (origin.data != NULL)
        allow(exchange, origin);
}

/* Names of fields, commas and spaces: what a browser sends and nothing else. */
static bool is_name_list(ost_text text)
{
    return text.len > 0 && text.len <= ASKED_MAX && text_is_made_of(text, "-_, ");
}

/* Everybody may read the metadata; clients within pages send MCP-Protocol-Version with the
 * question, for which a browser asks first. */
static bool is_for_everybody(const http_exchange *exchange, const app_server *server)
{
    return server->metadata_path != NULL &&
           text_is(http_request_of(exchange)->path, server->metadata_path);
}

void cors_allow_preflight(http_exchange *exchange, const app_server *server, ost_text methods)
{
    const http_request *request = http_request_of(exchange);
    ost_text asked = http_request_field(request, "access-control-request-headers");
    bool open = is_for_everybody(exchange, server);
    if (open)
        request_set(exchange, "Access-Control-Allow-Origin", OST_TEXT("*"));
    else
        cors_allow(exchange, server);
    if ((!open && allowed_origin(exchange, server->settings).data == NULL) ||
        http_request_field(request, "access-control-request-method").data == NULL)
        return;
    request_set(exchange, "Access-Control-Allow-Methods", methods);
    if (is_name_list(asked))
        request_set(exchange, "Access-Control-Allow-Headers", asked);
    request_set(exchange, "Access-Control-Max-Age", OST_TEXT("600"));
}
