/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the callback's query strictly; see login_callback.h. */
#include "login/login_callback.h"

#include "base/array.h"
#include "base/percent.h"
#include "base/text.h"

#define QUERY_MAX 8192
#define CODE_MAX 4096
#define STATE_MAX 128
#define ISSUER_MAX 1024
#define ERROR_MAX 64

/* All these values are of printable ASCII (RFC 6749 appendix A; a URL for the issuer). */
static ost_result decode(ost_text encoded, ost_arena *arena, ost_text *ret)
{
    ost_text text;
    ost_result result = form_decode(encoded, arena, &text);
    for (size_t i = 0; result == OST_OK && i < text.len; i++) {
        if (text.data[i] < 0x20 || text.data[i] > 0x7e)
            result = OST_E_FORMAT;
    }
    if (result == OST_OK)
        *ret = text;
    return result;
}

static bool is_error_code(ost_text error)
{
    return text_is_made_of(error, "_-.");
}

/* Where the value of a known parameter goes, and how long it may be. */
static ost_text *slot(login_callback *callback, ost_text name, size_t *ret_max)
{
    const struct {
        const char *name;
        ost_text *value;
        size_t max;
    } known[] = {
        {"code", &callback->code, CODE_MAX},
        {"state", &callback->state, STATE_MAX},
        {"iss", &callback->issuer, ISSUER_MAX},
        {"error", &callback->error, ERROR_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (text_is(name, known[i].name)) {
            *ret_max = known[i].max;
            return known[i].value;
        }
    }
    return NULL;
}

ost_result login_callback_read(ost_text query, ost_arena *arena, login_callback *ret_callback)
{
    login_callback callback = {0};
    if (query.len > QUERY_MAX)
        return OST_E_FORMAT;
    for (ost_text rest = query, piece; text_next(&rest, '&', &piece);) {
        size_t equals = text_find(piece, '=', 0), max = 0;
        /* The names are plain letters: one with an escape in it is another name. */
        ost_text *value = slot(&callback, text_slice(piece, 0, equals), &max);
        if (value == NULL)
            continue;
        if (value->data != NULL)
            return OST_E_FORMAT;
        ost_result result = decode(text_slice(piece, equals + 1, piece.len), arena, value);
        if (result != OST_OK)
            return result;
        if (value->len == 0 || value->len > max)
            return OST_E_FORMAT;
    }
    bool code = callback.code.data != NULL, error = callback.error.data != NULL;
    if (callback.state.data == NULL || code == error || (error && !is_error_code(callback.error)))
        return OST_E_FORMAT;
    *ret_callback = callback;
    return OST_OK;
}
