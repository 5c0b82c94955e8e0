/* SPDX-License-Identifier: Apache-2.0 */
/* Java's regular expressions by PCRE2; see java_pattern.h. PCRE2 has much that Java has not, and
 * the other way round. So a pattern is read first, and taken when all of it means the same to both:
 * characters, sets of characters and ranges, \d \w \s, groups, looking ahead and behind,
 * alternatives, repetitions of each kind, \1 to \9. Not \b, which new Javas read otherwise than
 * old. */
#include "provider/proof/java_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "base/ascii.h"

/* Who writes patterns is an administrator of a realm, and that is not who runs the program. */
#define NESTED_MAX 50       /* groups within groups */
#define STEPS_MAX 100000    /* of one search: some milliseconds */
#define SEARCH_MEMORY 1024U /* KiB */

typedef struct reading {
    ost_text pattern;
    size_t at;
    bool repeatable; /* what was read last may be repeated */
    bool behind;     /* it looks behind, */
    bool group;      /* or at what a group took: with both, Java gives up where PCRE2 does not */
} reading;

static char peek(const reading *r, size_t ahead)
{
    return r->at + ahead < r->pattern.len ? r->pattern.data[r->at + ahead] : '\0';
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_punctuation(char c)
{
    return c >= ' ' && c <= '~' && !ascii_is_alphanumeric(c);
}

/* What a backslash begins. */
static bool read_escaped(reading *r, bool in_set)
{
    char c = peek(r, 1);
    bool group = c >= '1' && c <= '9' && !in_set;
    if (!is_punctuation(c) && !is_one_of(c, "dDwWsStnrf") && !group)
        return false;
    r->at += 2;
    r->repeatable = true;
    r->group |= group;
    return !group || !ascii_is_digit(peek(r, 0));
}

static bool is_class(const reading *r, size_t ahead)
{
    return peek(r, ahead) == '\\' && ascii_is_alphanumeric(peek(r, ahead + 1));
}

/* At a "-" in a set: a range that another one or a class such as \d begins or ends is none. */
static bool is_bad_range(const reading *r)
{
    return peek(r, 0) == '-' && peek(r, 1) != ']' && (peek(r, 1) == '-' || is_class(r, 1));
}

/* Java's sets have sets within them and intersections. */
static bool read_member(reading *r, bool first)
{
    char c = peek(r, 0);
    bool class = is_class(r, 0);
    if (c == '[' || c == ']' || (c == '&' && peek(r, 1) == '&') || (!first && is_bad_range(r)))
        return false;
    if (c != '\\') {
        r->at++;
        return true;
    }
    return read_escaped(r, true) && !(class && peek(r, 0) == '-' && peek(r, 1) != ']');
}

/* From "[" to behind "]". */
static bool read_set(reading *r)
{
    r->at += peek(r, 1) == '^' ? 2 : 1;
    for (size_t first = r->at; r->at < r->pattern.len;) {
        if (peek(r, 0) == ']' && r->at > first) {
            r->at++;
            r->repeatable = true;
            return true;
        }
        if (!read_member(r, r->at == first))
            return false;
    }
    return false;
}

/* "(", "(?:", "(?>", "(?=", "(?!", "(?<=", "(?<!" */
static bool read_group(reading *r)
{
    r->repeatable = false;
    if (peek(r, 1) == '*')
        return false;
    if (peek(r, 1) != '?') {
        r->at++;
        return true;
    }
    bool behind = peek(r, 2) == '<';
    char kind = peek(r, behind ? 3 : 2);
    r->at += behind ? 4 : 3;
    r->behind |= behind;
    return is_one_of(kind, behind ? "=!" : ":>=!");
}

/* "{2}", "{2,}" or "{2,5}" */
static bool read_count(reading *r)
{
    if (!ascii_is_digit(peek(r, 1)))
        return false;
    for (r->at++; ascii_is_digit(peek(r, 0)); r->at++)
        ;
    for (r->at += peek(r, 0) == ','; ascii_is_digit(peek(r, 0)); r->at++)
        ;
    return peek(r, 0) == '}';
}

/* A repetition, greedy, lazy or possessive; one of a repetition is none. */
static bool read_repetition(reading *r)
{
    if (!r->repeatable || (peek(r, 0) == '{' && !read_count(r)))
        return false;
    r->at++;
    r->at += is_one_of(peek(r, 0), "?+");
    r->repeatable = false;
    return true;
}

static bool read_next(reading *r)
{
    switch (peek(r, 0)) {
    case '\\':
        return read_escaped(r, false);
    case '[':
        return read_set(r);
    case '(':
        return read_group(r);
    case '*':
    case '+':
    case '?':
    case '{':
        return read_repetition(r);
    case '|':
    case '^':
    case '$':
        r->repeatable = false;
        break;
    default:
        r->repeatable = true;
    }
    r->at++;
    return true;
}

static bool reads_alike(ost_text pattern)
{
    reading r = {.pattern = pattern};
    while (r.at < pattern.len)
        if (!read_next(&r))
            return false;
    return !(r.behind && r.group);
}

static ost_result compile(ost_text pattern, pcre2_code **ret_code)
{
    int error;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL)
        return OST_E_MEMORY;
    pcre2_set_newline(context, PCRE2_NEWLINE_ANY);
    pcre2_set_parens_nest_limit(context, NESTED_MAX);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern.data, pattern.len,
                      PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_ANCHORED | PCRE2_ENDANCHORED,
                      &error, &offset, context);
    pcre2_compile_context_free(context);
    if (code == NULL)
        return error == PCRE2_ERROR_HEAP_FAILED ? OST_E_MEMORY : OST_E_FORMAT;
    *ret_code = code;
    return OST_OK;
}

static ost_result search(const pcre2_code *code, ost_text text)
{
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    int seen = PCRE2_ERROR_NOMEMORY;
    if (context != NULL && data != NULL) {
        pcre2_set_match_limit(context, STEPS_MAX);
        pcre2_set_heap_limit(context, SEARCH_MEMORY);
        seen = pcre2_match(code, (PCRE2_SPTR)text.data, text.len, 0, 0, data, context);
    }
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    if (seen > 0)
        return OST_OK;
    if (seen == PCRE2_ERROR_NOMATCH)
        return OST_E_NOT_FOUND;
    return seen == PCRE2_ERROR_NOMEMORY ? OST_E_MEMORY : OST_E_FORMAT;
}

ost_result java_pattern_match(ost_text pattern, ost_text text)
{
    pcre2_code *code;
    if (pattern.len >= JAVA_PATTERN_MAX || text.len >= JAVA_PATTERN_MAX || !reads_alike(pattern))
        return OST_E_FORMAT;
    ost_result result = compile(pattern, &code);
    if (result != OST_OK)
        return result;
    result = search(code, text);
    pcre2_code_free(code);
    return result;
}
