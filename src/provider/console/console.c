/* SPDX-License-Identifier: Apache-2.0 */
/* The console's page; see console.h. */
#include "provider/console/console.h"

#include "base/text.h"
#include "provider/admin/admin_call.h"
#include "provider/console/web_file.h"

#define PAGE "console/index.html"

static void redirect(call *c, const char *path)
{
    const char *location = call_format(c, "%s/admin/%s", c->base, path);
    if (location == NULL)
        http_respond(c->exchange, 500, NULL, (ost_text){0});
    else
        http_redirect(c->exchange, 302, text_of(location));
}

#define FIRST_REALM OST_TEXT("master")

/* True: answered. There is no console before there is an administrator, whose realm is made with
 * them; who looks for it is told so. */
static bool has_no_administrator(http_exchange *exchange, provider *p)
{
    if (provider_realm(p, FIRST_REALM, http_arena(exchange)) != NULL ||
        !call_is_for_people(exchange))
        return false;
    http_set_reason(exchange, "there is no administrator");
    p->send_no_administrator(exchange);
    return true;
}

void console_root_endpoint(http_exchange *exchange, void *user)
{
    if (has_no_administrator(exchange, user))
        return;
    call *c = call_begin_in(exchange, user, FIRST_REALM);
    if (c != NULL)
        redirect(c, "master/console/");
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
    if (text_equal(name, FIRST_REALM) && has_no_administrator(exchange, user))
        return;
    call *c = call_begin_in(exchange, user, name);
    if (c == NULL)
        return;
    const char *path = call_format(c, "%s/console/", c->realm_path);
    if (path == NULL)
        http_respond(exchange, 500, NULL, (ost_text){0});
    else if (!slash)
        redirect(c, path);
    else
        web_page_send(exchange, OST_TEXT(PAGE));
}
