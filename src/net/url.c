/* Which URLs may be fetched: https, and http to this machine. They are read by the parser that
 * connects to them, so that the two cannot disagree about where the host is. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "net.h"
#include "text.h"

#define MAX_URL 4096

/* The host as curl connects to it: numeric forms normalised, IPv6 in brackets. It resolves
 * "localhost" by itself, without asking anybody. */
static bool host_is_loopback(const char *host)
{
    struct in_addr v4;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

static bool is_allowed(CURLU *url, bool insecure_http)
{
    char *scheme = NULL, *host = NULL;
    bool allowed = false;
    if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        allowed = strcmp(scheme, "https") == 0 ||
                  (strcmp(scheme, "http") == 0 && (insecure_http || host_is_loopback(host)));
    curl_free(scheme);
    curl_free(host);
    return allowed;
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

bool net_url_is_allowed(ost_text text, bool insecure_http)
{
    char string[MAX_URL];
    if (!text_to_string(text, string, sizeof string) || strlen(string) != text.len ||
        !is_plain(string))
        return false;
    CURLU *url = curl_url();
    bool allowed = url != NULL && curl_url_set(url, CURLUPART_URL, string, 0) == CURLUE_OK &&
                   is_allowed(url, insecure_http);
    curl_url_cleanup(url);
    return allowed;
}

bool net_url_is_safe(ost_text url)
{
    return net_url_is_allowed(url, false);
}
