/* Which URLs may be fetched: https, and http to this machine. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>

#include "context.h"
#include "net.h"
#include "text.h"

#define MAX_URL 4096

/* The host as curl will connect to it: numeric forms normalised, IPv6 in brackets. */
static bool host_is_loopback(const char *host)
{
    struct in_addr v4;
    if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

static bool url_part(CURLU *url, CURLUPart part, char **ret_part)
{
    return curl_url_get(url, part, ret_part, 0) == CURLUE_OK;
}

bool net_url_is_safe(ost_text text)
{
    char string[MAX_URL], *scheme = NULL, *host = NULL, *user = NULL;
    bool safe = false;
    if (!text_to_string(text, string, sizeof string) || strlen(string) != text.len)
        return false;
    CURLU *url = curl_url();
    if (url != NULL && curl_url_set(url, CURLUPART_URL, string, 0) == CURLUE_OK &&
        url_part(url, CURLUPART_SCHEME, &scheme) && url_part(url, CURLUPART_HOST, &host) &&
        !url_part(url, CURLUPART_USER, &user))
        safe =
            strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && host_is_loopback(host));
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_url_cleanup(url);
    return safe;
}
