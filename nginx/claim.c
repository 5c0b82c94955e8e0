/* SPDX-License-Identifier: Apache-2.0 */
/* A claim as text that a header field can carry, unchanged, or none at all: no control bytes, no
 * blanks at its ends, and no list whose elements could be taken for others. */
#include "ostiary.h"

static bool carries(ost_text text)
{
    for (size_t k = 0; k < text.len; k++) {
        unsigned char byte = (unsigned char)text.data[k];
        if (byte < ' ' || byte == 0x7f)
            return false;
    }
    return text.len == 0 || (text.data[0] != ' ' && text.data[text.len - 1] != ' ');
}

static bool scalar_text(const ost_json *claim, ost_text *ret)
{
    switch (ost_json_type_of(claim)) {
    case OST_JSON_STRING:
        return ost_json_text(claim, ret) && carries(*ret);
    case OST_JSON_NUMBER:
    case OST_JSON_BOOL:
        *ret = ost_json_source(claim);
        return true;
    default:
        return false;
    }
}

/* Joined by commas; an element that has one, or is empty, or is a list itself, leaves nothing. */
static bool list_text(ngx_pool_t *pool, const ost_json *list, ost_text *ret)
{
    size_t len = 0;
    ost_text text;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!scalar_text(at, &text) || text.len == 0 || memchr(text.data, ',', text.len) != NULL)
            return false;
        len += text.len + 1;
    }
    u_char *joined = ngx_pnalloc(pool, len + 1), *end = joined;
    if (joined == NULL)
        return false;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!scalar_text(at, &text))
            return false;
        if (end != joined)
            *end++ = ',';
        end = ngx_cpymem(end, text.data, text.len);
    }
    *ret = (ost_text){(const char *)joined, (size_t)(end - joined)};
    return true;
}

/* As the token has it. Control bytes can only be blanks between its values: within texts JSON has
 * them escaped. */
static bool json_text(ngx_pool_t *pool, const ost_json *claim, ost_text *ret)
{
    ost_text source = ost_json_source(claim);
    u_char *copy = ngx_pnalloc(pool, source.len + 1);
    if (copy == NULL)
        return false;
    for (size_t k = 0; k < source.len; k++)
        copy[k] = (u_char)source.data[k] < ' ' ? ' ' : (u_char)source.data[k];
    *ret = (ost_text){(const char *)copy, source.len};
    return carries(*ret);
}

bool ostiary_claim_text(ngx_pool_t *pool, const ost_json *claim, bool as_json, ost_text *ret)
{
    if (claim == NULL)
        return false;
    if (as_json || ost_json_is(claim, OST_JSON_OBJECT))
        return json_text(pool, claim, ret);
    if (ost_json_is(claim, OST_JSON_ARRAY))
        return list_text(pool, claim, ret);
    return scalar_text(claim, ret);
}
