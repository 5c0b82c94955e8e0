/* SPDX-License-Identifier: Apache-2.0 */
/* Items of CBOR by libcbor's reader of streams; see cbor_value.h. */
#include "provider/webauthn/cbor_value.h"

#include <cbor.h>

#include "base/text.h"

#define MAX_DEPTH 4 /* CTAP2 §6 */

/* What libcbor found at the front. */
typedef struct found {
    cbor_value value;
    bool good;
} found;

static void put(void *user, cbor_kind kind, int64_t number, size_t count, ost_text text)
{
    found *f = user;
    f->value = (cbor_value){.kind = kind, .number = number, .count = count, .text = text};
    f->good = true;
}

static void put_number(void *user, uint64_t number, bool negative)
{
    if (number <= INT64_MAX)
        put(user, CBOR_NUMBER, negative ? -1 - (int64_t)number : (int64_t)number, 0, (ost_text){0});
}

static void on_uint8(void *user, uint8_t number)
{
    put_number(user, number, false);
}

static void on_uint16(void *user, uint16_t number)
{
    put_number(user, number, false);
}

static void on_uint32(void *user, uint32_t number)
{
    put_number(user, number, false);
}

static void on_uint64(void *user, uint64_t number)
{
    put_number(user, number, false);
}

static void on_negative8(void *user, uint8_t number)
{
    put_number(user, number, true);
}

static void on_negative16(void *user, uint16_t number)
{
    put_number(user, number, true);
}

static void on_negative32(void *user, uint32_t number)
{
    put_number(user, number, true);
}

static void on_negative64(void *user, uint64_t number)
{
    put_number(user, number, true);
}

static void on_bytes(void *user, cbor_data data, size_t len)
{
    put(user, CBOR_BYTES, 0, 0, text_of_bytes(data, len));
}

static void on_text(void *user, cbor_data data, size_t len)
{
    put(user, CBOR_TEXT, 0, 0, text_of_bytes(data, len));
}

static void on_list(void *user, size_t count)
{
    put(user, CBOR_LIST, 0, count, (ost_text){0});
}

static void on_pairs(void *user, size_t count)
{
    put(user, CBOR_PAIRS, 0, count, (ost_text){0});
}

static void on_boolean(void *user, bool value)
{
    put(user, CBOR_ELSE, value, 0, (ost_text){0});
}

static void on_nothing(void *user)
{
    put(user, CBOR_ELSE, 0, 0, (ost_text){0});
}

static void on_float(void *user, float value)
{
    (void)value;
    on_nothing(user);
}

static void on_double(void *user, double value)
{
    (void)value;
    on_nothing(user);
}

/* Tags, and whatever has no length of its own, are nobody's business here: they find nothing. */
static struct cbor_callbacks callbacks(void)
{
    struct cbor_callbacks c = cbor_empty_callbacks;
    c.uint8 = on_uint8;
    c.uint16 = on_uint16;
    c.uint32 = on_uint32;
    c.uint64 = on_uint64;
    c.negint8 = on_negative8;
    c.negint16 = on_negative16;
    c.negint32 = on_negative32;
    c.negint64 = on_negative64;
    c.byte_string = on_bytes;
    c.string = on_text;
    c.array_start = on_list;
    c.map_start = on_pairs;
    c.boolean = on_boolean;
    c.null = on_nothing;
    c.undefined = on_nothing;
    c.float2 = on_float;
    c.float4 = on_float;
    c.float8 = on_double;
    return c;
}

bool cbor_value_next(ost_text *rest, cbor_value *ret_value)
{
    const struct cbor_callbacks c = callbacks();
    found f = {.good = false};
    if (rest->len == 0)
        return false;
    struct cbor_decoder_result result = cbor_stream_decode(text_bytes(*rest), rest->len, &c, &f);
    if (result.status != CBOR_DECODER_FINISHED || result.read > rest->len || !f.good)
        return false;
    /* Each item takes a byte: what counts more is cut short. */
    if (f.value.count > rest->len - result.read)
        return false;
    *rest = text_slice(*rest, result.read, rest->len);
    *ret_value = f.value;
    return true;
}

bool cbor_value_skip(ost_text *rest)
{
    ost_text at = *rest;
    size_t left[MAX_DEPTH + 1] = {1}; /* items, of each level */
    cbor_value value;
    for (unsigned depth = 0; left[0] > 0 || depth > 0;) {
        if (left[depth] == 0) {
            depth--;
            continue;
        }
        left[depth]--;
        if (!cbor_value_next(&at, &value))
            return false;
        if (value.count == 0)
            continue;
        if (depth == MAX_DEPTH)
            return false;
        left[++depth] = value.kind == CBOR_PAIRS ? 2 * value.count : value.count;
    }
    *rest = at;
    return true;
}

bool cbor_value_take(ost_text *rest, cbor_kind kind, cbor_value *ret_value)
{
    ost_text at = *rest;
    cbor_value value;
    if (!cbor_value_next(&at, &value) || value.kind != kind)
        return false;
    *rest = at;
    *ret_value = value;
    return true;
}
