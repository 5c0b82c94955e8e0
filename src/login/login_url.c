/* SPDX-License-Identifier: Apache-2.0 */
/* Judges the paths that browsers ask to be sent back to, and resources; see login_url.h. */
#include "login/login_url.h"

#include <string.h>

#include "base/percent.h"
#include "base/text.h"

ost_text login_url_wanted(ost_text wanted)
{
    const ost_text root = OST_TEXT("/");
    if (wanted.len == 0 || wanted.len > LOGIN_WANTED_MAX || wanted.data[0] != '/')
        return root;
    if (wanted.len > 1 && wanted.data[1] == '/')
        return root;
    for (size_t i = 0; i < wanted.len; i++) {
        char c = wanted.data[i];
        if (c <= ' ' || c > '~' || c == '\\')
            return root;
    }
    return wanted;
}

bool login_url_is_resource(ost_text uri)
{
    size_t colon = text_find(uri, ':', 0);
    if (uri.len > LOGIN_RESOURCE_MAX || colon + 1 >= uri.len ||
        !uri_is_scheme(text_slice(uri, 0, colon)))
        return false;
    for (size_t i = colon + 1; i < uri.len; i++) {
        char c = uri.data[i];
        if (c <= ' ' || c > '~' || strchr("\"#<>[\\]^`{|}", c) != NULL)
            return false;
        if (c == '%' && percent_byte(text_slice(uri, i, uri.len)) < 0)
            return false;
    }
    return true;
}
