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

void web_file_send(http_exchange *exchange, const web_file *file, const char *policy,
                   const char *keep)
{
    ost_text known = http_request_field(http_request_of(exchange), "if-none-match");
    if (http_set_field(exchange, "Content-Security-Policy", text_of(policy)) != OST_OK ||
        http_set_field(exchange, "Cache-Control", text_of(keep)) != OST_OK ||
        http_set_field(exchange, "ETag", text_of(file->etag)) != OST_OK) {
        http_respond(exchange, 500, NULL, (ost_text){0});
        return;
    }
    if (text_is(known, file->etag))
        http_respond(exchange, 304, NULL, (ost_text){0});
    else
        http_respond(exchange, 200, file->type, text_of_bytes(file->bytes, file->len));
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
