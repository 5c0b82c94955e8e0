/* SPDX-License-Identifier: Apache-2.0 */
/* Which URLs may be fetched: https, and http to this machine. They are read by the parser that
 * connects to them, so that the two cannot disagree about where the host is. */
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
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
    bool is_far;
    return net_url_read(text, insecure_http, &is_far);
}

ost_result net_url_read(ost_text text, bool insecure_http, bool *ret_far)
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
    if (result == OST_OK)
        *ret_far = strcmp(scheme, "https") == 0 && !host_is_loopback(text_of(host));
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return result;
}

/* Nothing but the parts that a proxy has. */
static CURLUcode read_proxy(CURLU *url, const char *string, bool *ret_good)
{
    static const CURLUPart others[] = {CURLUPART_QUERY, CURLUPART_FRAGMENT, CURLUPART_OPTIONS};
    char *scheme = NULL, *host = NULL, *path = NULL;
    CURLUcode code = read_url(url, string, &scheme, &host);
    if (code == CURLUE_OK)
        code = curl_url_get(url, CURLUPART_PATH, &path, 0);
    bool good = code == CURLUE_OK && host[0] != '\0' && strcmp(path, "/") == 0 &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        char *other = NULL;
        good &= curl_url_get(url, others[i], &other, 0) != CURLUE_OK;
        curl_free(other);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(path);
    *ret_good = good;
    return code;
}

ost_result net_proxy_check(ost_text text)
{
    char string[MAX_URL] = "http://";
    size_t scheme = text_find(text, ':', 0);
    bool has_scheme = text_starts(text_slice(text, scheme, text.len), "://"), good = false;
    char *to = has_scheme ? string : string + strlen(string);
    if (!text_to_string(text, to, sizeof string - (size_t)(to - string)) || strlen(to) != text.len)
        return OST_E_ARGUMENT;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~')
            return OST_E_ARGUMENT;
    }
    CURLU *url = curl_url();
    CURLUcode code = url != NULL ? read_proxy(url, string, &good) : CURLUE_OUT_OF_MEMORY;
    curl_url_cleanup(url);
    return code == CURLUE_OUT_OF_MEMORY ? OST_E_MEMORY : good ? OST_OK : OST_E_ARGUMENT;
}
