/* SPDX-License-Identifier: Apache-2.0 */
/* URLs that a discovery document names; see discovered_url.h. */
#include "guard/keys/discovered_url.h"

#include "base/text.h"
#include "net/net.h"

static bool is_https(ost_text url)
{
    const ost_text https = OST_TEXT("https:");
    return text_equal_ignoring_case(text_slice(url, 0, https.len), https);
}

ost_result discovered_url_check(const char *from, ost_text url, bool insecure_http)
{
    if (!insecure_http && is_https(text_of(from)) && !is_https(url))
        return OST_E_ARGUMENT;
    return net_url_check(url, insecure_http);
}
