/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and sends the embedded files; see web_file.h. */
#include "provider/console/web_file.h"

#include "base/text.h"

/* The policy is of use when a file is opened by itself. */
#define ALONE "default-src 'none'; frame-ancestors 'none'"
/* Of a page: scripts and styles of ours alone, as files; no sink that would make a script of a
 * text.
 */
#define PAGE_POLICY                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "            \
    "require-trusted-types-for 'script'; trusted-types 'none'"
#define FOREVER "public, max-age=31536000, immutable"

const web_file *web_file_find(ost_text name)
{
    for (size_t i = 0; i < web_file_count; i++) {
        if (text_is(name, web_files[i].name))
            return &web_files[i];
    }
    return NULL;
}

/* "gzip" with a weight that is not zero (RFC 9110 §12.5.3); who says nothing or "*" gets the file
 * as it is. */
static bool takes_gzip(ost_text field)
{
    ost_text coding;
    while (text_next(&field, ',', &coding)) {
        size_t end = text_find(coding, ';', 0);
        if (!text_equal_ignoring_case(text_trim(text_slice(coding, 0, end)), OST_TEXT("gzip")))
            continue;
        bool weighs = end == coding.len;
        for (size_t i = end; i < coding.len; i++)
            weighs = weighs || (coding.data[i] >= '1' && coding.data[i] <= '9');
        return weighs;
    }
    return false;
}

void web_file_send(http_exchange *exchange, const web_file *file, const char *policy,
                   const char *keep)
{
    const http_request *request = http_request_of(exchange);
    bool packed = takes_gzip(http_request_field(request, "accept-encoding"));
    const web_content *content = packed ? &file->packed : &file->as_is;
    bool known = text_is(http_request_field(request, "if-none-match"), content->etag);
    if (http_set_field(exchange, "Content-Security-Policy", text_of(policy)) != OST_OK ||
        http_set_field(exchange, "Cache-Control", text_of(keep)) != OST_OK ||
        http_set_field(exchange, "Vary", OST_TEXT("Accept-Encoding")) != OST_OK ||
        http_set_field(exchange, "ETag", text_of(content->etag)) != OST_OK ||
        (packed && !known &&
         http_set_field(exchange, "Content-Encoding", OST_TEXT("gzip")) != OST_OK)) {
        http_respond(exchange, 500, NULL, (ost_text){0});
        return;
    }
    if (known)
        http_respond(exchange, 304, NULL, (ost_text){0});
    else
        http_respond(exchange, 200, file->type, text_of_bytes(content->bytes, content->len));
}

void web_page_send(http_exchange *exchange, ost_text name)
{
    const web_file *file = web_file_find(name);
    if (file == NULL || http_set_field(exchange, "X-Frame-Options", OST_TEXT("DENY")) != OST_OK ||
        http_set_field(exchange, "X-Robots-Tag", OST_TEXT("none")) != OST_OK)
        http_respond(exchange, 500, NULL, (ost_text){0});
    else
        web_file_send(exchange, file, PAGE_POLICY, "no-cache");
}

void resource_endpoint(http_exchange *exchange, void *user)
{
    const web_file *file = web_file_find(http_parameter(exchange, "file"));
    bool ours = text_is(http_parameter(exchange, "version"), web_files_version);
    (void)user;
    if (file == NULL)
        http_respond(exchange, 404, NULL, (ost_text){0});
    else
        web_file_send(exchange, file, ALONE, ours ? FOREVER : "no-cache");
}
