/* SPDX-License-Identifier: Apache-2.0 */
/* One transfer; see transfer.h. Redirects and protocols other than HTTP are off, and so are proxies
 * that nobody has named. */
#include "net/transfer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/context.h"
#include "base/or_default.h"
#include "base/text.h"
#include "net/net_url.h"
#include "net/no_proxy.h"

#define DEFAULT_TIMEOUT 5000 /* milliseconds */
#define DEFAULT_MAX_BODY ((size_t)256 << 10)
#define MAX_HEADERS ((size_t)64 << 10)

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
    transfer *t = user;
    buffer_append(&t->received, (ost_text){data, size * count});
    return t->received.failed == OST_OK ? size * count : 0; /* 0 ends the transfer */
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
    transfer *t = user;
    ost_text line = {data, size * count};
    t->header_bytes += line.len;
    if (t->header_bytes > MAX_HEADERS)
        return 0; /* ends the transfer */
    response_fields_read(&t->fields, line, ost_now(NULL));
    return line.len;
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

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What this thread works for goes along (W3C Trace Context §2.2). */
static bool join_trace(transfer *t)
{
    static const char name[] = "traceparent: ";
    char line[sizeof name + TRACEPARENT_LEN];
    const trace_context *current = trace_current();
    if (current == NULL || trace_span_within(current, &t->span) != OST_OK)
        return true;
    t->traced = t->span.context.sampled;
    t->started_ns = now_ns();
    memcpy(line, name, sizeof name - 1);
    trace_context_write(&t->span.context, line + sizeof name - 1);
    struct curl_slist *longer = curl_slist_append(t->headers, line);
    if (longer == NULL)
        return false;
    t->headers = longer;
    return true;
}

/* *ret_host is for curl_free; NULL and 0: there is none, or memory is out. */
static void read_host(const char *url, char **ret_host, unsigned *ret_port)
{
    char *port = NULL;
    uint64_t number = 0;
    CURLU *parts = curl_url();
    *ret_host = NULL;
    if (parts != NULL && url != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK) {
        (void)curl_url_get(parts, CURLUPART_HOST, ret_host, 0);
        (void)curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
    }
    (void)!text_to_unsigned(text_of(port), 65535, &number);
    *ret_port = (unsigned)number;
    curl_free(port);
    curl_url_cleanup(parts);
}

/* Of the URL its host and port alone: a path or a query may hold what is nobody's business. */
static void tell_trace(const transfer *t, const net_response *response)
{
    const char *url = NULL, *method = NULL;
    char *host;
    unsigned port;
    if (!t->traced)
        return;
    curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &url);
    curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_METHOD, &method);
    read_host(url, &host, &port);
    net_trace_tell(&(net_span){.span = t->span,
                               .started_ns = t->started_ns,
                               .ended_ns = now_ns(),
                               .method = text_of(method),
                               .host = text_of(host),
                               .port = port,
                               .status = response->status,
                               .result = response->result});
    curl_free(host);
}

static bool set_body(const transfer *t, const net_request *request)
{
    if (request->body.data == NULL)
        return true;
    return curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body_len) ==
               CURLE_OK &&
           curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, t->body) == CURLE_OK;
}

static bool set_string(const transfer *t, CURLoption option, const char *value)
{
    return curl_easy_setopt(t->easy, option, value) == CURLE_OK;
}

static bool set_number(const transfer *t, CURLoption option, long value)
{
    return curl_easy_setopt(t->easy, option, value) == CURLE_OK;
}

static bool set_no_proxy(const transfer *t, const net_request *request)
{
    char *host;
    unsigned port;
    read_host(request->url, &host, &port);
    char *list = no_proxy_for_port(request->no_proxy, port);
    bool good = list != NULL && set_string(t, CURLOPT_NOPROXY, list);
    memory_free(list);
    curl_free(host);
    return good;
}

/* The tunnel, without whose answers' fields: they are not the server's. What is set to nothing
 * keeps the library from looking into the environment. */
static bool set_proxy(const transfer *t, const net_request *request, bool is_far)
{
    const char *proxy = is_far && request->proxy != NULL ? request->proxy : "";
    return set_string(t, CURLOPT_PROXY, proxy) &&
           (proxy[0] == '\0' ? set_string(t, CURLOPT_NOPROXY, "") : set_no_proxy(t, request)) &&
           set_number(t, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1) &&
           set_number(t, CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
}

/* Where it goes and whom it trusts. With a file of authorities of their own, the system's folder of
 * them must not count as well. */
static bool set_peer(const transfer *t, const net_request *request, bool is_far)
{
    bool good = set_string(t, CURLOPT_URL, request->url) &&
                set_string(t, CURLOPT_PROTOCOLS_STR, "http,https") &&
                set_proxy(t, request, is_far) && set_number(t, CURLOPT_FOLLOWLOCATION, 0) &&
                set_number(t, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    if (good && request->ca_file != NULL)
        good = set_string(t, CURLOPT_CAINFO, request->ca_file) &&
               set_string(t, CURLOPT_CAPATH, NULL) &&
               set_string(t, CURLOPT_PROXY_CAINFO, request->ca_file) &&
               set_string(t, CURLOPT_PROXY_CAPATH, NULL);
    return good;
}

/* The address that is judged is the one that is connected to, so a name that has another one a
 * moment later gains nothing. */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    transfer *t = user;
    if (purpose != CURLSOCKTYPE_IPCXN || !t->allows(&address->addr, t->user)) {
        t->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* A connection that another request has left would pass the judge by. */
static bool set_judge(transfer *t, const net_request *request)
{
    t->allows = request->allows;
    return t->allows == NULL ||
           (curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
            curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t) == CURLE_OK &&
            set_number(t, CURLOPT_FRESH_CONNECT, 1) && set_number(t, CURLOPT_FORBID_REUSE, 1));
}

/* A look-up of a name that hangs must not hang the thread when its transfer times out: "quick exit"
 * lets it end by itself. */
static bool set_limits(const transfer *t, const net_request *request)
{
    long timeout = request->timeout_ms > 0 ? (long)request->timeout_ms : DEFAULT_TIMEOUT;
    return set_number(t, CURLOPT_NOSIGNAL, 1) && set_number(t, CURLOPT_QUICK_EXIT, 1) &&
           set_number(t, CURLOPT_CONNECTTIMEOUT_MS, timeout) &&
           set_number(t, CURLOPT_TIMEOUT_MS, timeout);
}

static bool set_callbacks(transfer *t)
{
    CURL *easy = t->easy;
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, t) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, t) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->problem) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, t) == CURLE_OK;
}

/* Nothing coded is asked for, but some servers and caches send it all the same (RFC 9110 §12.5.3):
 * to name what is wanted makes the library decode what comes, whose ceiling is the body's. */
static bool set_options(transfer *t, const net_request *request, bool is_far)
{
    bool good = set_peer(t, request, is_far) && set_judge(t, request) && set_limits(t, request) &&
                set_callbacks(t) && set_string(t, CURLOPT_USERAGENT, "ostiary/" OSTIARY_VERSION) &&
                set_string(t, CURLOPT_ACCEPT_ENCODING, "identity") && set_body(t, request);
    if (good && request->method != NULL)
        good = set_string(t, CURLOPT_CUSTOMREQUEST, request->method);
    if (good && t->headers != NULL)
        good = curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK;
    return good;
}

static ost_result check_request(const net_request *request, bool *ret_far, ost_error *error)
{
    ost_result result = net_url_read(text_of(request->url), request->insecure_http, ret_far);
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "out of memory");
    if (result != OST_OK) {
        return ost_error_set(error, result,
                             "%.160s: only https is fetched, and http from this machine",
                             request->url != NULL ? request->url : "no URL");
    }
    if (request->proxy != NULL && request->allows != NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "addresses behind a proxy cannot be judged");
    if (request->proxy != NULL)
        result = net_proxy_check(text_of(request->proxy));
    if (result != OST_OK)
        return ost_error_set(error, result, "the proxy is not a URL of http or https");
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
        if (strpbrk(request->headers[i], "\r\n") != NULL)
            return ost_error_set(error, OST_E_ARGUMENT, "a header holds a line break");
    }
    return OST_OK;
}

ost_result transfer_new(const net_request *request,
                        void (*done)(const net_response *response, void *user), void *user,
                        transfer **ret_transfer, ost_error *error)
{
    bool is_far = false;
    ost_result result = check_request(request, &is_far, error);
    if (result != OST_OK)
        return result;
    transfer *t = memory_alloc(sizeof *t);
    if (t == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    buffer_init(&t->received, OR_DEFAULT(request->max_body, DEFAULT_MAX_BODY));
    response_fields_init(&t->fields);
    t->done = done;
    t->user = user;
    t->easy = curl_easy_init();
    t->body = memory_copy(request->body);
    t->body_len = request->body.len;
    if (t->easy == NULL || t->body == NULL || !set_headers(t, request) || !join_trace(t) ||
        !set_options(t, request, is_far)) {
        transfer_free(t);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    *ret_transfer = t;
    return OST_OK;
}

ost_result transfer_result(const transfer *t, CURLcode code)
{
    long status = 0;
    if (t->received.failed != OST_OK)
        return t->received.failed;
    if (t->header_bytes > MAX_HEADERS)
        return OST_E_CEILING;
    switch (code) {
    case CURLE_OK:
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
        return !t->is_mail && status >= 300 && status < 400 && status != 304 ? OST_E_REDIRECT
                                                                             : OST_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return OST_E_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED:
        return OST_E_TLS;
    case CURLE_OUT_OF_MEMORY:
        return OST_E_MEMORY;
    case CURLE_BAD_CONTENT_ENCODING:
        return OST_E_UNSUPPORTED;
    default:
        return OST_E_REMOTE;
    }
}

/* In the place of a problem, which there is none of. A query may hold what is nobody's business. */
static const char *show_redirect(transfer *t)
{
    const char *to = NULL;
    size_t len = 0;
    curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
    while (to != NULL && len + 1 < sizeof t->problem && to[len] != '\0' && to[len] != '?') {
        t->problem[len] = (char)(to[len] > ' ' && to[len] <= '~' ? to[len] : '.');
        len++;
    }
    t->problem[len] = '\0';
    return t->problem;
}

void transfer_report(transfer *t, ost_result result)
{
    net_response response = {.result = result,
                             .max_age = response_fields_freshness(&t->fields),
                             .retry_after = t->fields.retry_after,
                             .detail = "",
                             .redirect = ""};
    const char *type = NULL;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &response.status);
    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
    response.content_type = text_of(type);
    if (result == OST_E_UNSUPPORTED)
        snprintf(t->problem, sizeof t->problem,
                 "the answer's content coding \"%s\" is not known, or broken", t->fields.coding);
    if (t->refused && result == OST_E_REMOTE)
        snprintf(t->problem, sizeof t->problem, "the host has no address that may be asked");
    if (result == OST_E_REDIRECT)
        response.redirect = show_redirect(t);
    if (result == OST_OK)
        response.body = buffer_text(&t->received);
    else if (t->problem[0] != '\0' && result != OST_E_CEILING && result != OST_E_STATE &&
             result != OST_E_REDIRECT)
        response.detail = t->problem;
    else
        response.detail = ost_result_sentence(result);
    if (!t->is_mail)
        tell_trace(t, &response);
    t->done(&response, t->user);
}

/* Bodies and headers may hold a client's secret. */
void transfer_free(transfer *t)
{
    if (t == NULL)
        return;
    curl_easy_cleanup(t->easy);
    for (struct curl_slist *at = t->headers; at != NULL; at = at->next)
        wipe(at->data, strlen(at->data));
    curl_slist_free_all(t->headers);
    if (t->body != NULL)
        wipe(t->body, t->body_len);
    memory_free(t->body);
    buffer_free(&t->received);
    memory_free(t);
}
