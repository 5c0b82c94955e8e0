/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about single claims; see claim_rule.h. JSON pointers are those of RFC 6901. */
#include "guard/claim_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define TEXT_MAX 1024
#define NAME_MAX 256

/* ---- finding the claim ---- */

/* One step of a pointer with ~1 and ~0 in their meaning (RFC 6901 §4). */
static bool unescape(ost_text step, char ret[NAME_MAX], ost_text *ret_name)
{
    size_t len = 0;
    for (size_t i = 0; i < step.len; i++) {
        char c = step.data[i];
        if (c == '~') {
            i++;
            if (i == step.len || (step.data[i] != '0' && step.data[i] != '1'))
                return false;
            c = step.data[i] == '0' ? '~' : '/';
        }
        if (len == NAME_MAX)
            return false;
        ret[len++] = c;
    }
    *ret_name = (ost_text){ret, len};
    return true;
}

static const ost_json *element(const ost_json *array, ost_text step)
{
    uint64_t index;
    if (!text_to_unsigned(step, UINT32_MAX, &index))
        return NULL;
    const ost_json *at = ost_json_first(array);
    while (at != NULL && index-- > 0)
        at = ost_json_next(at);
    return at;
}

static const ost_json *descend(const ost_json *from, ost_text step, bool pointer)
{
    char name[NAME_MAX];
    ost_text plain = step;
    if (pointer && !unescape(step, name, &plain))
        return NULL;
    if (pointer && ost_json_is(from, OST_JSON_ARRAY))
        return element(from, plain);
    return ost_json_get_text(from, plain);
}

const ost_json *claim_rule_find(const ost_json *claims, const char *path)
{
    bool pointer = path[0] == '/';
    const char separator = pointer ? '/' : '.';
    ost_text rest = text_of(pointer ? path + 1 : path);
    const ost_json *at = claims;
    for (unsigned steps = 0; at != NULL; steps++) {
        size_t end = text_find(rest, separator, 0);
        if (steps == CLAIM_RULE_STEPS)
            return NULL;
        at = descend(at, text_slice(rest, 0, end), pointer);
        if (end == rest.len)
            return at;
        rest = text_slice(rest, end + 1, rest.len);
    }
    return NULL;
}

/* ---- what it says ---- */

static bool equals(const ost_json *seen, ost_text value)
{
    int64_t integer;
    bool truth;
    char digits[24];
    if (ost_json_equals(seen, value))
        return true;
    if (ost_json_integer(seen, &integer)) {
        snprintf(digits, sizeof digits, "%" PRId64, integer);
        return text_is(value, digits);
    }
    return ost_json_boolean(seen, &truth) && text_is(value, truth ? "true" : "false");
}

static bool contains(const ost_json *seen, ost_text value)
{
    ost_text words;
    if (ost_json_text(seen, &words))
        return value.len > 0 && text_list_has(words, value);
    if (!ost_json_is(seen, OST_JSON_ARRAY))
        return false;
    const ost_json *at = ost_json_first(seen);
    while (at != NULL && !equals(at, value))
        at = ost_json_next(at);
    return at != NULL;
}

/* One character of the pattern at *p against one byte; moves *p behind it. */
static bool takes(ost_text pattern, size_t *p, char c)
{
    char wanted = pattern.data[*p];
    (*p)++;
    if (wanted == '?')
        return true;
    if (wanted == '\\' && *p < pattern.len)
        wanted = pattern.data[(*p)++];
    return wanted == c;
}

/* A star that has been passed is never gone back to once a later one is reached: what the later one
 * cannot take, the earlier one cannot help with. */
bool claim_rule_matches(ost_text pattern, ost_text text)
{
    size_t p = 0, t = 0, after_star = SIZE_MAX, retry = 0;
    if (text.len > TEXT_MAX)
        return false;
    while (t < text.len) {
        if (p < pattern.len && pattern.data[p] == '*') {
            after_star = ++p;
            retry = t;
        } else if (p < pattern.len && takes(pattern, &p, text.data[t])) {
            t++;
        } else if (after_star != SIZE_MAX) {
            p = after_star;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.data[p] == '*')
        p++;
    return p == pattern.len;
}

bool claim_rule_holds(const ost_claim_rule *rule, const ost_claims *claims)
{
    const ost_text value = text_of(rule->value);
    ost_text text;
    if (value.data == NULL || value.len > CLAIM_RULE_VALUE_MAX)
        return false;
    const ost_json *seen = claim_rule_find(ost_claims_json(claims), rule->claim);
    switch (rule->test) {
    case OST_CLAIM_EQUALS:
        return equals(seen, value);
    case OST_CLAIM_CONTAINS:
        return contains(seen, value);
    case OST_CLAIM_MATCHES:
        return ost_json_text(seen, &text) && claim_rule_matches(value, text);
    }
    return false;
}
