/* SPDX-License-Identifier: Apache-2.0 */
/* The console's page; see console.h. */
#include "provider/console/console.h"

#include "base/text.h"
#include "provider/admin/admin_call.h"
#include "provider/console/web_file.h"

#define PAGE "console/index.html"
/* Scripts and styles of ours alone, as files; no sink that would make a script of a text. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "            \
    "require-trusted-types-for 'script'; trusted-types 'none'"

static void redirect(call *c, const char *path)
{
    const char *location = call_format(c, "%s/admin/%s", c->base, path);
    if (location == NULL)
        http_respond(c->exchange, 500, NULL, (ost_text){0});
    else
        http_redirect(c->exchange, 302, text_of(location));
}

void console_root_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_in(exchange, user, OST_TEXT("master"));
    if (c != NULL)
        redirect(c, "master/console/");
}

static void send_page(http_exchange *exchange)
{
    const web_file *file = web_file_find(OST_TEXT(PAGE));
    if (file == NULL || http_set_field(exchange, "X-Frame-Options", OST_TEXT("DENY")) != OST_OK ||
        http_set_field(exchange, "X-Robots-Tag", OST_TEXT("none")) != OST_OK)
        http_respond(exchange, 500, NULL, (ost_text){0});
    else
        web_file_send(exchange, file, POLICY, "no-cache");
}

/* "{realm}/console", with or without slashes at the end. */
static bool is_console(ost_text path, ost_text *ret_name, bool *ret_slash)
{
    ost_text name = text_slice(path, 0, text_find(path, '/', 0));
    ost_text rest = text_slice(path, name.len, path.len);
    if (!text_starts(rest, "/console") || text_is(name, "realms"))
        return false;
    rest = text_slice(rest, sizeof "/console" - 1, rest.len);
    if (text_count(rest, '/') != rest.len)
        return false;
    *ret_name = name;
    *ret_slash = rest.len > 0;
    return true;
}

void console_or_api_endpoint(http_exchange *exchange, void *user)
{
    ost_text name;
    bool slash;
    if (!is_console(http_parameter(exchange, "path"), &name, &slash)) {
        admin_endpoint(exchange, user);
        return;
    }
    call *c = call_begin_in(exchange, user, name);
    if (c == NULL)
        return;
    const char *path = call_format(c, "%s/console/", c->realm_path);
    if (path == NULL)
        http_respond(exchange, 500, NULL, (ost_text){0});
    else if (!slash)
        redirect(c, path);
    else
        send_page(exchange);
}
