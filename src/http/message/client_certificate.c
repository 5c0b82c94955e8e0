/* SPDX-License-Identifier: Apache-2.0 */
/* The client's certificate, RFC 8705 §3 and §6.5 (TLS that ends at a proxy); see
 * client_certificate.h. Any certificate is taken, no matter who signed it: the handshake proves
 * that the client has its key, and a token tells which one it must be. Who vouches for it is asked
 * apart, by those whom it matters to. */
#include "http/message/client_certificate.h"

#include "base/text.h"
#include "http/message/certificate_field.h"
#include "http/message/client_authorities.h"

/* What Apache's RequestHeader writes where the client has shown none. */
#define OF_NOBODY "(null)"

void client_certificate_strip(http_exchange *x)
{
    const char *configured = x->home->service->client_certificate_field;
    http_field *fields = x->fields;
    size_t kept = 0;
    for (size_t i = 0; i < x->request.field_count; i++) {
        bool foreign =
            certificate_field_is_one(fields[i].name, configured) &&
            !(x->client->trusted && configured != NULL && text_is(fields[i].name, configured));
        if (!foreign)
            fields[kept++] = fields[i];
    }
    x->request.field_count = kept;
}

/* The certificate of a trusted proxy's own connection is the proxy's, never the client's. */
static ost_result read_word(const http_exchange *x, const char *name, ost_arena *arena,
                            ost_text *ret_der)
{
    if (name == NULL || http_request_field_count(&x->request, name) == 0)
        return OST_OK;
    if (http_request_field_count(&x->request, name) > 1)
        return OST_E_FORMAT;
    ost_text value = text_trim(http_request_field(&x->request, name));
    if (value.len == 0 || text_is(value, OF_NOBODY))
        return OST_OK;
    return x->home->service->client_certificate_base64
               ? certificate_field_read_base64(value, arena, ret_der)
               : certificate_field_read(name, value, arena, ret_der);
}

ost_result http_client_certificate(http_exchange *x, ost_text *ret_der)
{
    ost_text der = {0};
    ost_result result = OST_OK;
    if (x->client->trusted)
        result = read_word(x, x->home->service->client_certificate_field, x->arena, &der);
    else
        result = x->client->calls->certificate(x->client, x->arena, &der);
    if (result == OST_OK)
        *ret_der = der;
    return result;
}

bool http_client_certificate_vouched(http_exchange *x, ost_text der)
{
    client_authorities *authorities = x->home->service->authorities;
    if (authorities == NULL || der.len == 0)
        return false;
    return x->client->trusted ? client_authorities_vouch(authorities, der)
                              : x->client->calls->certificate_vouched(x->client);
}

ost_result http_client_certificate_authority(http_exchange *x, ost_text der, ost_text *ret_name)
{
    ost_text name = {0};
    ost_result result = OST_OK;
    if (!http_client_certificate_vouched(x, der))
        return OST_OK;
    if (!x->client->trusted)
        result = x->client->calls->authority(x->client, x->arena, &name);
    if (result == OST_OK && name.len == 0)
        result = client_authorities_name(x->home->service->authorities, der, x->arena, &name);
    if (result == OST_OK)
        *ret_name = name;
    return result;
}
