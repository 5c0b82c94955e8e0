/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what a trusted proxy says about the client: Forwarded (RFC 7239 §4) or the older
 * X-Forwarded-For, -Proto, -Host. A proxy that writes one kind may pass on a forged other one, so a
 * request that brings both, and they differ, is refused. */
#include "http/message/forwarded.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "http/message/request_target.h"

#define HOPS_MAX 32

typedef struct client {
    ost_text peer, proto, host; /* NULL data: not told */
} client;

static bool is_trusted(const http_service *service, ost_text text)
{
    ip_address a;
    if (!address_read(text, &a))
        return false;
    for (size_t i = 0; i < service->trusted_count; i++)
        if (address_in_block(&a, &service->trusted[i]))
            return true;
    return false;
}

/* "192.0.2.1:4711" and "[2001:db8::1]:4711" without their port. */
static ost_text without_port(ost_text node)
{
    size_t colon = text_find(node, ':', 0);
    if (node.len > 0 && node.data[0] == '[')
        return text_slice(node, 0, text_find(node, ']', 0) + 1);
    bool one_colon = colon < node.len && text_find(node, ':', colon + 1) == node.len;
    return one_colon ? text_slice(node, 0, colon) : node;
}

static ost_text unquote(ost_text text)
{
    text = text_trim(text);
    bool quoted = text.len >= 2 && text.data[0] == '"' && text.data[text.len - 1] == '"';
    return quoted ? text_slice(text, 1, text.len - 2) : text;
}

/* One element of Forwarded: for=…;proto=…;host=… */
static client read_element(ost_text element)
{
    client told = {0};
    for (ost_text rest = element, pair; text_next(&rest, ';', &pair);) {
        size_t equals = text_find(pair, '=', 0);
        ost_text name = text_trim(text_slice(pair, 0, equals));
        ost_text value = unquote(text_slice(pair, equals + 1, pair.len));
        if (text_equal_ignoring_case(name, OST_TEXT("for")))
            told.peer = without_port(value);
        else if (text_equal_ignoring_case(name, OST_TEXT("proto")))
            told.proto = value;
        else if (text_equal_ignoring_case(name, OST_TEXT("host")))
            told.host = value;
    }
    return told;
}

/* The elements of all fields of that name, in their order; -1 when there are too many. */
static int gather(const http_request *request, const char *name, ost_text *ret_elements)
{
    int count = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        if (!text_is(request->fields[i].name, name))
            continue;
        for (ost_text rest = request->fields[i].value, piece; text_next(&rest, ',', &piece);) {
            if (count == HOPS_MAX)
                return -1;
            ret_elements[count++] = text_trim(piece);
        }
    }
    return count;
}

/* From the last hop backwards: the first address that is not a trusted proxy is the client. */
static const char *read_forwarded(const http_service *service, const http_request *request,
                                  client *ret_client)
{
    ost_text elements[HOPS_MAX];
    int count = gather(request, "forwarded", elements);
    if (count < 0)
        return "too many forwarded elements";
    for (int i = count - 1; i >= 0; i--) {
        *ret_client = read_element(elements[i]);
        if (!is_trusted(service, ret_client->peer))
            break;
    }
    return NULL;
}

static const char *read_x_forwarded(const http_service *service, const http_request *request,
                                    client *ret_client)
{
    ost_text elements[HOPS_MAX];
    int count = gather(request, "x-forwarded-for", elements);
    if (count < 0)
        return "too many forwarded elements";
    for (int i = count - 1; i >= 0; i--) {
        ret_client->peer = without_port(elements[i]);
        if (!is_trusted(service, ret_client->peer))
            break;
    }
    /* The nearest proxy's word, which is the last. */
    count = gather(request, "x-forwarded-proto", elements);
    if (count > 0)
        ret_client->proto = elements[count - 1];
    count = gather(request, "x-forwarded-host", elements);
    if (count > 0)
        ret_client->host = elements[count - 1];
    return NULL;
}

static bool differ(ost_text a, ost_text b)
{
    return a.data != NULL && b.data != NULL && !text_equal_ignoring_case(a, b);
}

/* Who writes Forwarded passes forged fields of the other kind on: they add nothing to it. */
static bool tells_more(const client *a, const client *b)
{
    return (a->peer.data != NULL && b->peer.data == NULL) ||
           (a->proto.data != NULL && b->proto.data == NULL) ||
           (a->host.data != NULL && b->host.data == NULL);
}

/* Traefik calls a connection that is to become a WebSocket "ws" or "wss". */
static const char *read_proto(ost_text proto, bool *secure)
{
    static const struct {
        const char *name;
        bool secure;
    } protocols[] = {{"https", true}, {"http", false}, {"wss", true}, {"ws", false}};
    for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
        if (text_equal_ignoring_case(proto, text_of(protocols[i].name))) {
            *secure = protocols[i].secure;
            return NULL;
        }
    }
    return "forwarded protocol is neither http nor https";
}

static const char *apply(http_exchange *x, const client *told)
{
    http_request *request = &x->request;
    ip_address a;
    if (told->peer.data != NULL && address_read(told->peer, &a))
        request->peer = (ost_text){x->peer, address_write(&a, x->peer)};
    else if (told->peer.data != NULL)
        request->peer = OST_TEXT("unknown"); /* RFC 7239 §6.2, §6.3: it may be hidden */
    const char *reason =
        told->proto.data != NULL ? read_proto(told->proto, &request->secure) : NULL;
    if (reason != NULL || told->host.data == NULL)
        return reason;
    char *host = ost_arena_copy(x->arena, told->host);
    if (host == NULL || !authority_normalize(host, told->host.len))
        return "malformed forwarded host";
    request->authority = (ost_text){host, told->host.len};
    return NULL;
}

const char *forwarded_apply(http_exchange *exchange)
{
    const http_service *service = exchange->home->service;
    client one = {0}, other = {0};
    const char *reason = read_forwarded(service, &exchange->request, &one);
    if (reason == NULL)
        reason = read_x_forwarded(service, &exchange->request, &other);
    if (reason != NULL)
        return reason;
    if (http_request_field_count(&exchange->request, "forwarded") > 0 && tells_more(&other, &one))
        return "X-Forwarded-* tells what Forwarded does not";
    if (differ(one.peer, other.peer) || differ(one.proto, other.proto) ||
        differ(one.host, other.host))
        return "Forwarded and X-Forwarded-* differ";
    client both = {
        .peer = one.peer.data != NULL ? one.peer : other.peer,
        .proto = one.proto.data != NULL ? one.proto : other.proto,
        .host = one.host.data != NULL ? one.host : other.host,
    };
    return apply(exchange, &both);
}
