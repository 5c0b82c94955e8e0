/* SPDX-License-Identifier: Apache-2.0 */
/* Replaces ${NAME} in values; see expression.h. */
#include "base/config/expression.h"

#include <stdlib.h>
#include <string.h>

#include "base/shown.h"
#include "base/text.h"

#define NAME_MAX_BYTES 255
#define NAME_SHOWN 64

typedef struct expansion {
    char *text;
    size_t len;
    ost_error *error;
} expansion;

static ost_result put(expansion *to, ost_text text)
{
    if (text.len > EXPRESSION_MAX - to->len)
        return ost_error_set(to->error, OST_E_CEILING, "the value is longer than %d bytes",
                             EXPRESSION_MAX);
    if (text.len > 0)
        memcpy(to->text + to->len, text.data, text.len);
    to->len += text.len;
    return OST_OK;
}

static bool opens(ost_text text, size_t at)
{
    return at + 1 < text.len && text.data[at] == '$' && text.data[at + 1] == '{';
}

/* Where the brace is that closes the one before `at`; text.len: nowhere. */
static size_t find_close(ost_text text, size_t at)
{
    for (size_t depth = 1; at < text.len; at++) {
        if (opens(text, at))
            depth++;
        else if (text.data[at] == '$' && at + 1 < text.len && text.data[at + 1] == '$')
            at++;
        else if (text.data[at] == '}' && --depth == 0)
            return at;
    }
    return text.len;
}

static ost_result expand(expansion *to, ost_text value, unsigned depth);

/* What stands between the braces. */
static ost_result expand_inner(expansion *to, ost_text inner, unsigned depth)
{
    char name[NAME_MAX_BYTES + 1];
    size_t colon = text_find(inner, ':', 0);
    ost_text given = text_slice(inner, 0, colon);
    if (given.len == 0 || !text_to_string(given, name, sizeof name))
        return ost_error_set(to->error, OST_E_FORMAT, "${ is not followed by a variable's name");
    const char *found = getenv(name);
    if (found != NULL)
        return put(to, text_of(found));
    if (colon < inner.len)
        return expand(to, text_slice(inner, colon + 1, inner.len), depth + 1);
    return ost_error_set(to->error, OST_E_NOT_FOUND,
                         "there is no environment variable %.*s; ${%.*s:…} says what is taken then",
                         SHOWN(given, NAME_SHOWN), SHOWN(given, NAME_SHOWN));
}

static ost_result expand(expansion *to, ost_text value, unsigned depth)
{
    if (depth > EXPRESSION_DEPTH)
        return ost_error_set(to->error, OST_E_CEILING, "more than %d expressions in each other",
                             EXPRESSION_DEPTH);
    ost_result result = OST_OK;
    for (size_t at = 0; at < value.len && result == OST_OK;) {
        size_t dollar = text_find(value, '$', at);
        result = put(to, text_slice(value, at, dollar - at));
        at = dollar;
        if (result != OST_OK || at == value.len)
            break;
        if (!opens(value, at)) {
            result = put(to, OST_TEXT("$"));
            at += at + 1 < value.len && value.data[at + 1] == '$' ? 2 : 1;
            continue;
        }
        size_t close = find_close(value, at + 2);
        if (close == value.len)
            return ost_error_set(to->error, OST_E_FORMAT, "${ is not closed");
        result = expand_inner(to, text_slice(value, at + 2, close - at - 2), depth);
        at = close + 1;
    }
    return result;
}

ost_result expression_expand(ost_text value, ost_arena *arena, const char **ret_text,
                             ost_error *error)
{
    expansion to = {ost_arena_alloc(arena, EXPRESSION_MAX + 1), 0, error};
    if (to.text == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = expand(&to, value, 0);
    if (result == OST_OK) {
        to.text[to.len] = '\0';
        *ret_text = to.text;
    }
    return result;
}
