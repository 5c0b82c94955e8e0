/* SPDX-License-Identifier: Apache-2.0 */
/* What a handler asks a request: fields (RFC 9110 §5), cookies (RFC 6265 §4.2, §5.4), media type.
 */
#include <string.h>

#include "base/text.h"
#include "http/http.h"

ost_text http_request_field(const http_request *request, const char *name)
{
    ost_text wanted = text_of(name);
    for (size_t i = 0; i < request->field_count; i++)
        if (text_equal(request->fields[i].name, wanted))
            return request->fields[i].value;
    return (ost_text){NULL, 0};
}

size_t http_request_field_count(const http_request *request, const char *name)
{
    ost_text wanted = text_of(name);
    size_t count = 0;
    for (size_t i = 0; i < request->field_count; i++)
        count += text_equal(request->fields[i].name, wanted);
    return count;
}

static ost_text unquote(ost_text value)
{
    bool quoted = value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"';
    return quoted ? (ost_text){value.data + 1, value.len - 2} : value;
}

/* HTTP/2 may bring several Cookie fields (RFC 9113 §8.2.3); all are looked through. */
ost_text http_request_cookie(const http_request *request, const char *name)
{
    ost_text wanted = text_of(name);
    for (size_t i = 0; i < request->field_count; i++) {
        if (!text_is(request->fields[i].name, "cookie"))
            continue;
        for (ost_text rest = request->fields[i].value, pair; text_next(&rest, ';', &pair);) {
            size_t equals = text_find(pair, '=', 0);
            if (equals == pair.len)
                continue;
            if (text_equal(text_trim(text_slice(pair, 0, equals)), wanted))
                return unquote(text_trim(text_slice(pair, equals + 1, pair.len)));
        }
    }
    return (ost_text){NULL, 0};
}

bool http_request_is_of(const http_request *request, const char *type)
{
    if (http_request_field_count(request, "content-type") != 1)
        return false;
    ost_text given = http_request_field(request, "content-type");
    given = text_trim(text_slice(given, 0, text_find(given, ';', 0)));
    return text_equal_ignoring_case(given, text_of(type));
}

bool http_request_is_form(const http_request *request)
{
    return http_request_is_of(request, "application/x-www-form-urlencoded");
}
