/* One transfer; see transfer.h. Redirects, proxies and protocols other than HTTP are off. */
#include "transfer.h"

#include <string.h>

#include "context.h"
#include "text.h"

#define DEFAULT_TIMEOUT 5000 /* milliseconds */
#define DEFAULT_MAX_BODY ((size_t)256 << 10)
#define MAX_MAX_AGE ((uint64_t)1 << 31)

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
    transfer *t = user;
    buffer_append(&t->received, (ost_text){data, size * count});
    return t->received.failed == OST_OK ? size * count : 0; /* 0 ends the transfer */
}

/* RFC 9111 §5.2.2.1; everything else about caching is the caller's own rule. */
static size_t take_header(char *data, size_t size, size_t count, void *user)
{
    transfer *t = user;
    ost_text line = {data, size * count}, name = {0}, piece;
    size_t colon = text_find(line, ':', 0);
    name = text_slice(line, 0, colon);
    if (!text_equal_ignoring_case(name, OST_TEXT("Cache-Control")))
        return size * count;
    ost_text rest = text_slice(line, colon + 1, line.len);
    while (text_next(&rest, ',', &piece)) {
        uint64_t seconds;
        while (piece.len > 0 && strchr(" \t\r\n", piece.data[0]) != NULL)
            piece = text_slice(piece, 1, piece.len);
        while (piece.len > 0 && strchr(" \t\r\n", piece.data[piece.len - 1]) != NULL)
            piece.len--;
        if (text_starts(piece, "max-age=") &&
            text_to_unsigned(text_slice(piece, 8, piece.len), MAX_MAX_AGE, &seconds))
            t->max_age = (long)seconds;
    }
    return size * count;
}

static bool set_headers(transfer *t, const net_request *request)
{
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
        struct curl_slist *longer = curl_slist_append(t->headers, request->headers[i]);
        if (longer == NULL)
            return false;
        t->headers = longer;
    }
    return true;
}

static bool set_options(transfer *t, const net_request *request)
{
    long timeout = request->timeout_ms > 0 ? (long)request->timeout_ms : DEFAULT_TIMEOUT;
    CURL *easy = t->easy;
    bool good = curl_easy_setopt(easy, CURLOPT_URL, request->url) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_WRITEDATA, t) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_HEADERDATA, t) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->problem) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_USERAGENT, "ostiary/" OSTIARY_VERSION) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_PRIVATE, t) == CURLE_OK;
    if (good && request->ca_file != NULL)
        good = curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file) == CURLE_OK;
    if (good && request->body.data != NULL)
        good = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, t->body) == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len) ==
                   CURLE_OK;
    if (good && request->method != NULL)
        good = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK;
    if (good && t->headers != NULL)
        good = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK;
    return good;
}

ost_result transfer_new(const net_request *request,
                        void (*done)(const net_response *response, void *user), void *user,
                        transfer **ret_transfer, ost_error *ret_error)
{
    bool http = text_starts(text_of(request->url), "http://");
    if (!net_url_is_safe(text_of(request->url)) && !(request->insecure_http && http))
        return ost_error_set(ret_error, OST_E_ARGUMENT,
                             "%.160s: only https is fetched, and http from this machine",
                             request->url != NULL ? request->url : "no URL");
    transfer *t = memory_alloc(sizeof *t);
    if (t == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    buffer_init(&t->received, request->max_body > 0 ? request->max_body : DEFAULT_MAX_BODY);
    t->max_age = -1;
    t->done = done;
    t->user = user;
    t->easy = curl_easy_init();
    t->body = memory_copy(request->body);
    if (t->easy == NULL || t->body == NULL || !set_headers(t, request) ||
        !set_options(t, request)) {
        transfer_free(t);
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    }
    *ret_transfer = t;
    return OST_OK;
}

ost_result transfer_result(const transfer *t, CURLcode code)
{
    long status = 0;
    if (t->received.failed != OST_OK)
        return t->received.failed;
    switch (code) {
    case CURLE_OK:
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
        return status >= 300 && status < 400 ? OST_E_REDIRECT : OST_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return OST_E_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return OST_E_TLS;
    case CURLE_OUT_OF_MEMORY:
        return OST_E_MEMORY;
    default:
        return OST_E_REMOTE;
    }
}

void transfer_report(transfer *t, ost_result result)
{
    net_response response = {.result = result, .max_age = t->max_age, .detail = ""};
    const char *type = NULL;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &response.status);
    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
    response.content_type = text_of(type);
    if (result == OST_OK)
        response.body = buffer_text(&t->received);
    else
        response.detail = t->problem[0] != '\0' ? t->problem : ost_result_sentence(result);
    t->done(&response, t->user);
}

void transfer_free(transfer *t)
{
    if (t == NULL)
        return;
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    if (t->body != NULL)
        wipe(t->body, strlen(t->body));
    memory_free(t->body);
    buffer_free(&t->received);
    memory_free(t);
}
