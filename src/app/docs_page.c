/* SPDX-License-Identifier: Apache-2.0 */
/* Serves the description and its page; see docs_page.h. */
#include "app/docs_page.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app/cors.h"
#include "app/notice.h"
#include "app/openapi.h"
#include "app/request.h"
#include "base/buffer.h"
#include "base/text.h"
#include "page/page.h"

#define ASSET_MAX ((size_t)8 << 20)
#define ACCESS_MAX 4096
#define CDN "https://cdn.jsdelivr.net/npm/swagger-ui-dist@" DOCS_PAGE_SWAGGER "/"
#define SCRIPT_DIGEST "sha384-gjRm0bEPMeTmMh5jT2cHccIwCUZSTd8YC+j0d0sXw0MdGEfScduGpSyF3ZSSLkX9"
#define STYLE_DIGEST "sha384-WlYgdmXYOOBWL5apwjDEZwN+U3HmXSSu5R6V5aGxEcf7z+KuRNwBhoxKVN1i3D5I"

/* web/docs, embedded by the build. */
extern const unsigned char docs_init_js[], docs_redirect_js[];
extern const size_t docs_init_js_len, docs_redirect_js_len;

/* ---- assets ---- */

static ost_result load(app_server *server, const char *name, ost_text *ret_content,
                       ost_error *error)
{
    const char *folder = server->settings->docs_assets;
    char *path = ost_arena_format(server->arena, "%s/%s", folder, name);
    if (path == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = file >= 0 ? lseek(file, 0, SEEK_END) : -1;
    char *content =
        size > 0 && (size_t)size <= ASSET_MAX ? ost_arena_alloc(server->arena, (size_t)size) : NULL;
    ssize_t n = content != NULL ? pread(file, content, (size_t)size, 0) : -1;
    int why = errno;
    if (file >= 0)
        close(file);
    if (n < 0 || n != size)
        return ost_error_set(error, OST_E_CONFIG, "--docs-assets: cannot use %s: %s", path,
                             file < 0 || size < 0 ? strerror(why) : "it is empty or too large");
    *ret_content = (ost_text){content, (size_t)n};
    return OST_OK;
}

ost_result docs_page_load(app_server *server, ost_error *error)
{
    if (server->settings->docs_assets == NULL)
        return OST_OK;
    ost_result result = load(server, "swagger-ui-bundle.js", &server->swagger_script, error);
    if (result == OST_OK)
        result = load(server, "swagger-ui.css", &server->swagger_style, error);
    return result;
}

static void send_asset(http_exchange *exchange, const char *type, ost_text content)
{
    request_set(exchange, "Cache-Control", OST_TEXT("public, max-age=3600"));
    http_respond(exchange, 200, type, content);
}

static void send_init(http_exchange *exchange, void *user)
{
    (void)user;
    send_asset(exchange, "text/javascript; charset=utf-8",
               (ost_text){(const char *)docs_init_js, docs_init_js_len});
}

static void send_redirect_script(http_exchange *exchange, void *user)
{
    (void)user;
    send_asset(exchange, "text/javascript; charset=utf-8",
               (ost_text){(const char *)docs_redirect_js, docs_redirect_js_len});
}

/* Without assets of our own, these addresses are not there. */
static void send_swagger(http_exchange *exchange, const char *type, ost_text content)
{
    if (content.len > 0)
        send_asset(exchange, type, content);
    else
        request_refuse(exchange, 404, OST_TEXT("Not Found"));
}

static void send_swagger_script(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    send_swagger(exchange, "text/javascript; charset=utf-8", server->swagger_script);
}

static void send_swagger_style(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    send_swagger(exchange, "text/css; charset=utf-8", server->swagger_style);
}

/* ---- the description ---- */

static openapi_provider find_provider(const app_server *server, ost_arena *arena)
{
    openapi_provider provider = {0};
    if (server->login != NULL && ost_login_describe(server->login, arena, &provider.authorization,
                                                    &provider.token) != OST_OK)
        provider = (openapi_provider){0};
    return provider;
}

static void send_description(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    ost_arena *arena = http_arena(exchange);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL) {
        request_refuse(exchange, 503, OST_TEXT("Out of memory"));
        return;
    }
    openapi_provider provider = find_provider(server, arena);
    openapi_write(server->app, &provider, arena, writer);
    cors_allow(exchange, server);
    request_set(exchange, "Cache-Control", OST_TEXT("no-cache"));
    http_respond_json(exchange, 200, writer);
}

/* ---- the pages ---- */

/* "https://host:port" of a URL. */
static ost_text origin_of(ost_text url)
{
    size_t slashes = text_find(url, '/', 0);
    return text_slice(url, 0, text_find(url, '/', slashes + 2));
}

/* The page asks for the description again until it has the login. */
static bool login_awaited(const app_server *server, ost_arena *arena)
{
    return server->login != NULL && find_provider(server, arena).token.len == 0;
}

/* Where the page calls the token endpoint. Until discovery has told, the issuer's own origin: the
 * description, which is fetched after the page, may know the endpoint already. */
static ost_text token_origin(const app_server *server, ost_arena *arena)
{
    openapi_provider provider = find_provider(server, arena);
    if (provider.token.len > 0)
        return origin_of(provider.token);
    return server->login != NULL ? origin_of(text_of(server->settings->issuers[0])) : (ost_text){0};
}

/* Swagger UI styles elements as it goes. The token endpoint is called from the page. */
static const char *make_policy(const app_server *server, ost_arena *arena)
{
    bool own = server->swagger_script.len > 0;
    ost_text origin = token_origin(server, arena);
    return ost_arena_format(
        arena,
        "default-src 'none'; script-src 'self'%s; style-src 'self' 'unsafe-inline'%s; "
        "img-src 'self' data:; connect-src 'self'%s%.*s; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        own ? "" : " " CDN "swagger-ui-bundle.js", own ? "" : " " CDN "swagger-ui.css",
        origin.len > 0 ? " " : "", (int)origin.len, origin.data);
}

static void send_docs(http_exchange *exchange, const app_server *server, page *p)
{
    p->status = 200;
    p->policy = make_policy(server, http_arena(exchange));
    if (p->policy == NULL)
        request_refuse(exchange, 503, OST_TEXT("Out of memory"));
    else
        page_send(exchange, p);
}

static ost_text access_of(const ost_policy *policy, ost_arena *arena)
{
    buffer_auto buffer b = {0};
    if (policy->open)
        return OST_TEXT("open to anyone");
    if (policy->scopes == NULL || policy->scopes[0] == NULL)
        return OST_TEXT("needs an access token");
    buffer_init(&b, ACCESS_MAX);
    buffer_append_string(&b, "needs an access token with the scope");
    for (const char *const *scope = policy->scopes; *scope != NULL; scope++)
        buffer_append_format(&b, " %s", *scope);
    return text_of(b.failed == OST_OK ? ost_arena_copy(arena, buffer_text(&b)) : NULL);
}

/* NULL: out of memory. */
static page_row *list_operations(const app_server *server, ost_arena *arena)
{
    page_row *rows = ost_arena_alloc(arena, (server->route_count + 1) * sizeof *rows);
    for (size_t i = 0; rows != NULL && i < server->route_count; i++) {
        const ost_route *route = &server->app->routes[i];
        ost_text summary =
            route->summary != NULL ? text_of(route->summary) : openapi_summary(route, arena);
        rows[i] = (page_row){{{PAGE_ROW_METHOD, text_of(route->method)},
                              {PAGE_ROW_PATH, text_of(route->path)},
                              {PAGE_ROW_SUMMARY, summary},
                              {PAGE_ROW_ACCESS, access_of(route->guard, arena)}}};
    }
    return rows;
}

static void put_swagger(const app_server *server, page *p)
{
    bool own = server->swagger_script.len > 0;
    page_put_url(p, PAGE_SCRIPT,
                 own ? OST_TEXT("/docs/swagger-ui-bundle.js")
                     : OST_TEXT(CDN "swagger-ui-bundle.js"));
    page_put_url(p, PAGE_STYLE,
                 own ? OST_TEXT("/docs/swagger-ui.css") : OST_TEXT(CDN "swagger-ui.css"));
    page_put(p, PAGE_SCRIPT_HASH, own ? (ost_text){0} : OST_TEXT(SCRIPT_DIGEST));
    page_put(p, PAGE_STYLE_HASH, own ? (ost_text){0} : OST_TEXT(STYLE_DIGEST));
}

static void send_page(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    page p = {.template = PAGE_DOCS,
              .rows = list_operations(server, http_arena(exchange)),
              .row_count = server->route_count};
    if (p.rows == NULL) {
        request_refuse(exchange, 503, OST_TEXT("Out of memory"));
        return;
    }
    page_put(&p, PAGE_TITLE, notice_site(server));
    page_put(&p, PAGE_HEADING, notice_site(server));
    page_put(&p, PAGE_DESCRIPTION, text_of(server->app->description));
    page_put(&p, PAGE_CLIENT, text_of(server->settings->docs_client_id));
    page_put_flag(&p, PAGE_WIDE, true);
    page_put_flag(&p, PAGE_LOGIN_AWAITED, login_awaited(server, http_arena(exchange)));
    put_swagger(server, &p);
    send_docs(exchange, server, &p);
}

static void send_redirect_page(http_exchange *exchange, void *user)
{
    page p = {.template = PAGE_DOCS_REDIRECT};
    page_put(&p, PAGE_TITLE, OST_TEXT("Login"));
    page_put(&p, PAGE_HEADING, OST_TEXT("One moment"));
    send_docs(exchange, user, &p);
}

const docs_page_address docs_page_addresses[] = {
    {"/openapi.json", send_description},
    {"/docs", send_page},
    {"/docs/oauth2-redirect", send_redirect_page},
    {"/docs/init.js", send_init},
    {"/docs/oauth2-redirect.js", send_redirect_script},
    {"/docs/swagger-ui-bundle.js", send_swagger_script},
    {"/docs/swagger-ui.css", send_swagger_style},
    {0},
};
