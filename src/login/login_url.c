/* SPDX-License-Identifier: Apache-2.0 */
/* Judges the paths that browsers ask to be sent back to, and resources; see login_url.h. */
#include "login/login_url.h"

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
    return uri.len <= LOGIN_RESOURCE_MAX && uri_is_absolute(uri);
}
