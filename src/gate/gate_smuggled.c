/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for fields that are not the client's to send; see gate_smuggled.h. */
#include "gate/gate_smuggled.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/text.h"

/* CGI, WSGI and their like make one variable of "X-User" and "X_User"; some (lighttpd) of "X.User"
 * and "X~User" too, whatever a name may have that is neither letter nor digit. */
static bool is_same_variable(ost_text name, const char *field)
{
    if (name.len != strlen(field))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = ascii_is_alphanumeric(name.data[i]) ? ascii_lower(name.data[i]) : '-';
        if (c != ascii_lower(field[i]))
            return false;
    }
    return true;
}

static bool is_one_of(ost_text name, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same_variable(name, fields[i]))
            return true;
    }
    return false;
}

static bool is_identity(ost_text name, const gate_rules *rules)
{
    for (size_t i = 0; i < rules->field_count; i++) {
        if (is_same_variable(name, rules->fields[i].name))
            return true;
    }
    return false;
}

/* After the answer 101 the proxy reads no further requests: in a WebSocket there are none, in what
 * else it may be (h2c) the client asks the application for what it likes. */
static bool is_other_protocol(ost_text name, ost_text value)
{
    return text_equal_ignoring_case(name, OST_TEXT("upgrade")) &&
           !text_equal_ignoring_case(value, OST_TEXT("websocket"));
}

const char *gate_smuggled(const http_request *request, const gate_site *site,
                          const gate_rules *rules, ost_text method)
{
    /* Script names are cut off the path by some; by the last two some have the proxy send a file
     * of its own, past its locations. */
    static const char *const paths[] = {"x-original-url", "x-rewrite-url", "script-name",
                                        "path-info",      "x-script-name", "x-sendfile-type",
                                        "x-accel-mapping"};
    static const char *const methods[] = {"x-http-method-override", "x-http-method",
                                          "x-method-override"};
    for (size_t i = 0; i < request->field_count; i++) {
        ost_text name = request->fields[i].name;
        if (is_identity(name, rules))
            return "the client sends an identity field of its own";
        if (is_other_protocol(name, request->fields[i].value))
            return "an upgrade to a protocol in which nobody asks about further requests";
        if (site->reads_paths && is_one_of(name, paths, ARRAY_LEN(paths)))
            return "a field that applications may take for the path";
        if (site->reads_methods && is_one_of(name, methods, ARRAY_LEN(methods)) &&
            !text_equal(request->fields[i].value, method))
            return "a field that applications may take for the method";
    }
    return NULL;
}
