/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of an answer; see response_fields.h. */
#include "net/response_fields.h"

#include <curl/curl.h>

#include "base/text.h"

void response_fields_init(response_fields *fields)
{
    *fields = (response_fields){.max_age = -1, .age = -1, .retry_after = -1};
}

/* -1: no number, or one that nobody can mean. */
static long seconds_of(ost_text text)
{
    uint64_t seconds;
    return text_to_unsigned(text, (uint64_t)FIELD_SECONDS_MAX, &seconds) ? (long)seconds : -1;
}

/* One directive of the list, up to a comma that is in no quoted string; false at the end. */
static bool next_directive(ost_text *rest, ost_text *ret_directive)
{
    bool quoted = false;
    size_t end = 0;
    if (rest->len == 0)
        return false;
    for (; end < rest->len && (quoted || rest->data[end] != ','); end++) {
        if (quoted && rest->data[end] == '\\')
            end++;
        else if (rest->data[end] == '"')
            quoted = !quoted;
    }
    *ret_directive = text_trim_lines(text_slice(*rest, 0, end));
    *rest = text_slice(*rest, end + 1, rest->len);
    return true;
}

static ost_text unquote(ost_text text)
{
    bool quoted = text.len > 1 && text.data[0] == '"' && text.data[text.len - 1] == '"';
    return quoted ? text_slice(text, 1, text.len - 2) : text;
}

/* RFC 9111 §5.2: both forms, max-age=5 and max-age="5", are to be read; of several the shortest
 * counts. What else is said about caching is the caller's own rule. */
static void read_cache_control(response_fields *fields, ost_text list)
{
    ost_text directive;
    while (next_directive(&list, &directive)) {
        size_t equals = text_find(directive, '=', 0);
        if (!text_equal_ignoring_case(text_slice(directive, 0, equals), OST_TEXT("max-age")))
            continue;
        long seconds = seconds_of(unquote(text_slice(directive, equals + 1, directive.len)));
        if (seconds >= 0 && (fields->max_age < 0 || seconds < fields->max_age))
            fields->max_age = seconds;
    }
}

/* Seconds, or a date. */
static void read_retry_after(response_fields *fields, ost_text value, int64_t now)
{
    char date[64];
    long seconds = seconds_of(value);
    if (seconds < 0 && text_to_string(value, date, sizeof date)) {
        time_t then = curl_getdate(date, NULL);
        int64_t wait = then >= 0 ? (int64_t)then - now : -1;
        seconds = then < 0                   ? -1
                  : wait < 0                 ? 0
                  : wait > FIELD_SECONDS_MAX ? FIELD_SECONDS_MAX
                                             : (long)wait;
    }
    if (seconds >= 0)
        fields->retry_after = seconds;
}

static void read_coding(response_fields *fields, ost_text list)
{
    ost_text coding;
    while (next_directive(&list, &coding)) {
        size_t len = coding.len < sizeof fields->coding ? coding.len : sizeof fields->coding - 1;
        for (size_t i = 0; i < len; i++) {
            char c = coding.data[i];
            fields->coding[i] = c > ' ' && c <= '~' ? c : '?';
        }
        fields->coding[len] = '\0';
    }
}

void response_fields_read(response_fields *fields, ost_text line, int64_t now)
{
    size_t colon = text_find(line, ':', 0);
    ost_text name = text_slice(line, 0, colon);
    ost_text value = text_trim_lines(text_slice(line, colon + 1, line.len));
    if (text_starts(line, "HTTP/"))
        response_fields_init(fields);
    else if (text_equal_ignoring_case(name, OST_TEXT("Cache-Control")))
        read_cache_control(fields, value);
    else if (text_equal_ignoring_case(name, OST_TEXT("Age")))
        fields->age = seconds_of(value);
    else if (text_equal_ignoring_case(name, OST_TEXT("Retry-After")))
        read_retry_after(fields, value, now);
    else if (text_equal_ignoring_case(name, OST_TEXT("Content-Encoding")))
        read_coding(fields, value);
}

long response_fields_freshness(const response_fields *fields)
{
    if (fields->max_age < 0 || fields->age < 0)
        return fields->max_age;
    return fields->age < fields->max_age ? fields->max_age - fields->age : 0;
}
