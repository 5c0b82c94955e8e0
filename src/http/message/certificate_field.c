/* SPDX-License-Identifier: Apache-2.0 */
/* Reading certificates out of header fields; see certificate_field.h. What comes out is compared
 * with a hash and with nothing else, so that it is not parsed here. */
#include "http/message/certificate_field.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/base64url.h"
#include "base/percent.h"
#include "base/text.h"

/* ---- names ---- */

/* `wanted` is in lower case and with hyphens. */
static bool looks_like(ost_text name, ost_text wanted)
{
    if (name.len != wanted.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = ascii_lower(name.data[i]);
        if ((c == '_' ? '-' : c) != wanted.data[i])
            return false;
    }
    return true;
}

bool certificate_field_is_one(ost_text name, const char *configured)
{
    static const ost_text known[] = {
        OST_TEXT("client-cert"),
        OST_TEXT("client-cert-chain"),
        OST_TEXT("x-client-cert"),
        OST_TEXT("x-forwarded-client-cert"),
        OST_TEXT("x-ssl-client-cert"),
        OST_TEXT("ssl-client-cert"),
        OST_TEXT("x-forwarded-tls-client-cert"),
        OST_TEXT("x-arr-clientcert"),
    };
    if (configured != NULL && looks_like(name, text_of(configured)))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (looks_like(name, known[i]))
            return true;
    }
    return false;
}

/* ---- values ---- */

static ost_result decode(ost_text base64, ost_arena *arena, ost_text *ret_der)
{
    size_t len;
    unsigned char *der = ost_arena_alloc(arena, base64.len + 1);
    if (der == NULL)
        return OST_E_MEMORY;
    if (base64.len == 0 || base64_decode(base64, der, &len) != OST_OK || len == 0)
        return OST_E_FORMAT;
    *ret_der = text_of_bytes(der, len);
    return OST_OK;
}

/* :base64: (RFC 8941 §3.3.5), and nothing behind it. */
static ost_result read_sequence(ost_text value, ost_arena *arena, ost_text *ret_der)
{
    value = text_trim(value);
    if (value.len < 2 || value.data[0] != ':' || value.data[value.len - 1] != ':')
        return OST_E_FORMAT;
    return decode(text_slice(value, 1, value.len - 2), arena, ret_der);
}

/* In place: takes the white space out of data[0 … len), and returns what is left. */
static ost_text without_spaces(char *data, size_t len)
{
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        if (!ascii_is_space(data[i]))
            data[out++] = data[i];
    }
    return (ost_text){data, out};
}

/* One block of PEM (RFC 7468 §5) and nothing but white space around it. */
static ost_result read_pem(char *data, size_t len, ost_arena *arena, ost_text *ret_der)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
    ost_text pem = text_trim_lines((ost_text){data, len});
    if (!text_starts(pem, begin) || !text_ends(pem, end) || pem.len < sizeof begin + sizeof end - 2)
        return OST_E_FORMAT;
    char *inner = data + (pem.data - data) + sizeof begin - 1;
    return decode(without_spaces(inner, pem.len - (sizeof begin - 1) - (sizeof end - 1)), arena,
                  ret_der);
}

static ost_result read_escaped(ost_text value, ost_arena *arena, ost_text *ret_der)
{
    size_t len = 0;
    char *data = ost_arena_alloc(arena, value.len + 1);
    if (data == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] != '%') {
            data[len++] = value.data[i];
            continue;
        }
        int byte = percent_byte(text_slice(value, i, value.len));
        if (byte < 0)
            return OST_E_FORMAT;
        data[len++] = (char)byte;
        i += 2;
    }
    return read_pem(data, len, arena, ret_der);
}

/* Where the pair that begins at `from` ends: at a semicolon, a comma or the value's end. What is
 * quoted is passed over as a whole. */
static size_t pair_end(ost_text value, size_t from)
{
    bool quoted = false;
    for (size_t i = from; i < value.len; i++) {
        char c = value.data[i];
        if (c == '"')
            quoted = !quoted;
        else if (c == '\\' && quoted)
            i++;
        else if ((c == ';' || c == ',') && !quoted)
            return i;
    }
    return value.len;
}

/* Envoy: By=…;Hash=…;Cert="…";Subject="…". A comma would begin what another proxy has seen: whose
 * certificate is the client's cannot be told then. */
static ost_result read_envoy(ost_text value, ost_arena *arena, ost_text *ret_der)
{
    ost_text found = {0};
    for (size_t begin = 0, end; begin < value.len; begin = end + 1) {
        end = pair_end(value, begin);
        if (end < value.len && value.data[end] == ',')
            return OST_E_FORMAT;
        ost_text pair = text_trim(text_slice(value, begin, end - begin));
        if (!text_equal_ignoring_case(text_slice(pair, 0, 5), OST_TEXT("Cert=")))
            continue;
        if (found.data != NULL)
            return OST_E_FORMAT;
        found = text_slice(pair, 5, pair.len);
    }
    if (found.len < 2 || found.data[0] != '"' || found.data[found.len - 1] != '"')
        return OST_E_FORMAT;
    return read_escaped(text_slice(found, 1, found.len - 2), arena, ret_der);
}

ost_result certificate_field_read(const char *name, ost_text value, ost_arena *arena,
                                  ost_text *ret_der)
{
    if (strcmp(name, "client-cert") == 0)
        return read_sequence(value, arena, ret_der);
    if (strcmp(name, "x-forwarded-client-cert") == 0)
        return read_envoy(value, arena, ret_der);
    return read_escaped(value, arena, ret_der);
}

ost_result certificate_field_read_base64(ost_text value, ost_arena *arena, ost_text *ret_der)
{
    return decode(text_trim(value), arena, ret_der);
}
