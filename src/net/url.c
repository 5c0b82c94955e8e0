/* SPDX-License-Identifier: Apache-2.0 */
/* Which URLs may be fetched: https, and http to this machine. They are read by the parser that
 * connects to them, so that the two cannot disagree about where the host is. */
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "base/loopback.h"
#include "base/text.h"
#include "net/net_url.h"

#define MAX_URL 4096

/* The host as curl connects to it: numeric forms normalised, IPv6 in brackets. It resolves
 * "localhost" by itself, without asking anybody. */
static bool is_allowed(const char *scheme, const char *host, bool insecure_http)
{
    return strcmp(scheme, "https") == 0 ||
           (strcmp(scheme, "http") == 0 && (insecure_http || host_is_loopback(text_of(host))));
}

static CURLUcode read_url(CURLU *url, const char *string, char **ret_scheme, char **ret_host)
{
    CURLUcode code = curl_url_set(url, CURLUPART_URL, string, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(url, CURLUPART_SCHEME, ret_scheme, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(url, CURLUPART_HOST, ret_host, 0);
    return code;
}

/* What other readers might take for something else is refused: "https:/host", which the lenient
 * guess at; names and passwords, which hide the host and end up in logs; escapes within the host.
 */
static bool is_plain(const char *url)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
                                ":[]";
    size_t scheme = strncasecmp(url, "https://", 8) == 0  ? 8
                    : strncasecmp(url, "http://", 7) == 0 ? 7
                                                          : 0;
    size_t host = strspn(url + scheme, plain);
    return scheme > 0 && host > 0 && strchr("/?#", url[scheme + host]) != NULL;
}

ost_result net_url_check(ost_text text, bool insecure_http)
{
    char string[MAX_URL], *scheme = NULL, *host = NULL;
    ost_result result = OST_E_ARGUMENT;
    if (!text_to_string(text, string, sizeof string) || strlen(string) != text.len ||
        !is_plain(string))
        return result;
    CURLU *url = curl_url();
    CURLUcode code = url != NULL ? read_url(url, string, &scheme, &host) : CURLUE_OUT_OF_MEMORY;
    if (code == CURLUE_OUT_OF_MEMORY)
        result = OST_E_MEMORY;
    else if (code == CURLUE_OK && is_allowed(scheme, host, insecure_http))
        result = OST_OK;
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return result;
}
