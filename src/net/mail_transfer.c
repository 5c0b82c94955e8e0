/* SPDX-License-Identifier: Apache-2.0 */
/* A mail on its way to a server (SMTP, RFC 5321); see net.h. Its connection is its own and is
 * closed after it. */
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "net/transfer.h"

#define DEFAULT_TIMEOUT 5000 /* milliseconds */
#define REPLY_TIMEOUT 10L    /* seconds, for one reply: a server that hangs holds up the goodbye */
#define MAX_REPLIES ((size_t)64 << 10)

static size_t give_body(char *room, size_t size, size_t count, void *user)
{
    transfer *t = user;
    size_t left = t->body_len - t->sent, len = size * count;
    if (len > left)
        len = left;
    memcpy(room, t->body + t->sent, len);
    t->sent += len;
    return len;
}

static size_t drop_reply(char *data, size_t size, size_t count, void *user)
{
    transfer *t = user;
    (void)data;
    t->header_bytes += size * count;
    return t->header_bytes <= MAX_REPLIES ? size * count : 0; /* 0 ends the transfer */
}

static bool set_string(const transfer *t, CURLoption option, const char *value)
{
    return curl_easy_setopt(t->easy, option, value) == CURLE_OK;
}

static bool set_number(const transfer *t, CURLoption option, long value)
{
    return curl_easy_setopt(t->easy, option, value) == CURLE_OK;
}

static bool set_peer(const transfer *t, const net_mail *mail)
{
    char url[300];
    bool is_v6 = strchr(mail->host, ':') != NULL;
    int len = snprintf(url, sizeof url, "%s://%s%s%s:%u",
                       mail->security == NET_MAIL_TLS ? "smtps" : "smtp", is_v6 ? "[" : "",
                       mail->host, is_v6 ? "]" : "", mail->port);
    bool good = len > 0 && (size_t)len < sizeof url && set_string(t, CURLOPT_URL, url) &&
                set_string(t, CURLOPT_PROTOCOLS_STR, "smtp,smtps") &&
                set_string(t, CURLOPT_PROXY, "") &&
                set_number(t, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) &&
                set_number(t, CURLOPT_USE_SSL,
                           mail->security == NET_MAIL_INSECURE ? CURLUSESSL_NONE : CURLUSESSL_ALL);
    if (good && mail->ca_file != NULL)
        good = set_string(t, CURLOPT_CAINFO, mail->ca_file) && set_string(t, CURLOPT_CAPATH, NULL);
    return good;
}

static bool set_envelope(transfer *t, const net_mail *mail)
{
    t->headers = curl_slist_append(NULL, mail->to);
    bool good = t->headers != NULL && set_string(t, CURLOPT_MAIL_FROM, mail->from) &&
                curl_easy_setopt(t->easy, CURLOPT_MAIL_RCPT, t->headers) == CURLE_OK;
    if (good && mail->user != NULL)
        good = set_string(t, CURLOPT_USERNAME, mail->user) &&
               set_string(t, CURLOPT_PASSWORD, mail->password != NULL ? mail->password : "");
    return good;
}

static bool set_limits(const transfer *t, const net_mail *mail)
{
    long timeout = mail->timeout_ms > 0 ? (long)mail->timeout_ms : DEFAULT_TIMEOUT;
    return set_number(t, CURLOPT_NOSIGNAL, 1) && set_number(t, CURLOPT_QUICK_EXIT, 1) &&
           set_number(t, CURLOPT_CONNECTTIMEOUT_MS, timeout) &&
           set_number(t, CURLOPT_TIMEOUT_MS, timeout) &&
           set_number(t, CURLOPT_SERVER_RESPONSE_TIMEOUT, REPLY_TIMEOUT) &&
           set_number(t, CURLOPT_FRESH_CONNECT, 1) && set_number(t, CURLOPT_FORBID_REUSE, 1);
}

static bool set_body(transfer *t)
{
    CURL *easy = t->easy;
    return set_number(t, CURLOPT_UPLOAD, 1) &&
           curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->body_len) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_READDATA, t) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_reply) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, t) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, drop_reply) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, t) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->problem) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, t) == CURLE_OK;
}

/* Nothing that would end a command, or begin another part of it. */
static bool is_argument(const char *text)
{
    if (text == NULL || *text == '\0' || *text == '-')
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || *at == 0x7f || *at == '<' || *at == '>')
            return false;
    }
    return true;
}

static bool is_host(const char *host)
{
    return host != NULL && *host != '\0' && text_is_made_of(text_of(host), "-._:");
}

ost_result transfer_new_mail(const net_mail *mail,
                             void (*done)(const net_response *response, void *user), void *user,
                             transfer **ret_transfer, ost_error *error)
{
    if (!is_host(mail->host) || mail->port == 0 || mail->port > 65535)
        return ost_error_set(error, OST_E_ARGUMENT, "the mail server's host or port is none");
    if (!is_argument(mail->from) || !is_argument(mail->to))
        return ost_error_set(error, OST_E_ARGUMENT, "an address could not stand in a command");
    transfer *t = memory_alloc(sizeof *t);
    if (t == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    buffer_init(&t->received, 1);
    response_fields_init(&t->fields);
    t->is_mail = true;
    t->done = done;
    t->user = user;
    t->easy = curl_easy_init();
    t->body = memory_copy(mail->message);
    t->body_len = mail->message.len;
    if (t->easy == NULL || t->body == NULL || !set_peer(t, mail) || !set_envelope(t, mail) ||
        !set_limits(t, mail) || !set_body(t)) {
        transfer_free(t);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    *ret_transfer = t;
    return OST_OK;
}
