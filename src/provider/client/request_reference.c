/* SPDX-License-Identifier: Apache-2.0 */
/* Following references to request objects; see request_reference.h. */
#include "provider/client/request_reference.h"

#include "base/base64url.h"
#include "base/text.h"
#include "provider/client/client_find.h"
#include "provider/client/client_keys.h"
#include "provider/client/document_await.h"
#include "provider/proof/attribute.h"

#define OBJECT_BYTES_MAX ((size_t)16 << 10)

/* Each request may have an object, or an address, of its own: a host is asked more often than for
 * what changes rarely, and what it said before does not count. */
const document_kind request_reference_kind = {
    .accept = "Accept: application/oauth-authz-req+jwt, application/jwt",
    .bytes_max = OBJECT_BYTES_MAX,
    .any_type = true,
    .fleeting = true,
    .private_http = true,
    .burst = 100,
    .refill_ms = 100};

typedef struct request_reference {
    call *call;
    void (*next)(call *call);
    ost_text url, hash; /* what follows "#"; empty: nothing does */
    bool any;           /* what is fetched need not have that hash */
    bool failed;
} reference;

/* The hash of what is there tells it from what was there before (§6.2). */
static bool is_the_one(const reference *r, ost_text body)
{
    unsigned char hash[32];
    char text[BASE64URL_LEN(sizeof hash)];
    return ost_sha256(body, hash) == OST_OK &&
           text_equal(r->hash, (ost_text){text, base64url_encode(hash, sizeof hash, text)});
}

static bool is_kept(const reference *r, bool any, ost_text *ret_body)
{
    call *c = r->call;
    ost_result result = document_cache_get(c->provider->request_objects, text_of(c->realm->name),
                                           r->url, c->now, c->arena, ret_body);
    return (result == OST_OK || result == OST_E_EXPIRED) &&
           (any || r->hash.len == 0 || is_the_one(r, *ret_body));
}

/* Everything beside the object stays where it is: nothing of it counts (RFC 9101 §6.3). */
static void put(call *c, ost_text object)
{
    http_pair *pairs = ost_arena_alloc(c->arena, c->form.count * sizeof *pairs);
    if (pairs == NULL)
        return;
    for (size_t i = 0; i < c->form.count; i++) {
        pairs[i] = c->form.pairs[i];
        if (text_is(pairs[i].name, "request_uri"))
            pairs[i] = (http_pair){OST_TEXT("request"), object};
    }
    c->form = (http_form){.pairs = pairs, .count = c->form.count};
}

static void follow(reference *r, ost_text body)
{
    put(r->call, body);
    client_keys_await(r->call, client_find(r->call, call_parameter(r->call, "client_id")), r->next);
}

static void fail(call *c, ost_result result)
{
    reference *r = c->reference;
    (void)result;
    r->failed = true;
}

/* What does not fit its hash is not looked at, unless the client has registered the address with
 * it: it tells then no more than that what was there before does not count. */
static void fetched(call *c)
{
    reference *r = c->reference;
    ost_text body;
    if (!r->failed && is_kept(r, r->any, &body) && body.len > 0)
        follow(r, body);
    else
        r->next(c);
}

static bool is_registered_so(const realm_client *client, ost_text uri)
{
    ost_text rest = client->request.uris, one;
    while (attribute_next(&rest, &one)) {
        if (text_equal(one, uri))
            return true;
    }
    return false;
}

/* Registered, and the only object that the request brings. */
static bool may_be_followed(call *c, ost_text url)
{
    const realm_client *client = client_find(c, call_parameter(c, "client_id"));
    return url.len > 0 && client != NULL && client->enabled && c->realm->enabled &&
           c->provider->request_objects != NULL && !client->request.value_only &&
           http_form_count(&c->form, "client_id") == 1 &&
           http_form_count(&c->form, "request_uri") == 1 &&
           http_form_count(&c->form, "request") == 0 && realm_request_uri_allowed(client, url);
}

void request_reference_await(call *c, void (*next)(call *c))
{
    ost_text body, uri = call_parameter(c, "request_uri");
    size_t sign = text_find(uri, '#', 0);
    reference *r =
        may_be_followed(c, text_slice(uri, 0, sign)) ? ost_arena_alloc(c->arena, sizeof *r) : NULL;
    if (r == NULL) {
        next(c);
        return;
    }
    c->reference = r;
    *r = (reference){.call = c,
                     .next = next,
                     .url = text_slice(uri, 0, sign),
                     .hash = text_slice(uri, sign + 1, uri.len)};
    r->any = is_registered_so(client_find(c, call_parameter(c, "client_id")), uri);
    if (r->hash.len > 0 && is_kept(r, false, &body)) {
        follow(r, body);
        return;
    }
    const document_wish wish = {.cache = c->provider->request_objects,
                                .url = r->url,
                                .blocks = document_addresses(c),
                                .what = "request object",
                                .failed = fail};
    r->failed = wish.blocks == NULL;
    document_await(c, &wish, fetched);
}
