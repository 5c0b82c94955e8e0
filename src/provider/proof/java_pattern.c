/* SPDX-License-Identifier: Apache-2.0 */
/* Java's regular expressions by POSIX's; see java_pattern.h. */
#include "provider/proof/java_pattern.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"

static bool is_punctuation(char c)
{
    return (unsigned char)c < 0x80 && !ascii_is_alphanumeric(c);
}

/* True when Java reads it otherwise than POSIX: a backslash but before punctuation, "(?", lazy and
 * possessive repetition, sets within sets. */
static bool is_javas_own(char c, char next)
{
    switch (c) {
    case '\\':
        return !is_punctuation(next);
    case '(':
        return next == '?';
    case '*':
    case '+':
    case '?':
    case '}':
        return next == '+' || next == '?';
    case '[':
    case '&':
        return next == c;
    default:
        return false;
    }
}

static bool reads_alike(ost_text pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (is_javas_own(pattern.data[i], i + 1 < pattern.len ? pattern.data[i + 1] : '\0'))
            return false;
        i += pattern.data[i] == '\\';
    }
    return true;
}

ost_result java_pattern_match(ost_text pattern, ost_text text)
{
    char anchored[JAVA_PATTERN_MAX], string[JAVA_PATTERN_MAX];
    regex_t compiled;
    int len = snprintf(anchored, sizeof anchored, "^(%.*s)$", (int)pattern.len, pattern.data);
    if (len < 0 || (size_t)len >= sizeof anchored || !reads_alike(pattern) ||
        !text_to_string(text, string, sizeof string) || memchr(string, '\0', text.len) != NULL ||
        regcomp(&compiled, anchored, REG_EXTENDED | REG_NOSUB) != 0)
        return OST_E_FORMAT;
    int seen = regexec(&compiled, string, 0, NULL, 0);
    regfree(&compiled);
    wipe(string, sizeof string);
    if (seen != 0 && seen != REG_NOMATCH)
        return OST_E_FORMAT;
    return seen == 0 ? OST_OK : OST_E_NOT_FOUND;
}
