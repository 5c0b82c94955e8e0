/* Serves the description and its page; see docs_page.h. */
#include "app/docs_page.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app/openapi.h"
#include "app/request.h"
#include "base/buffer.h"
#include "base/text.h"

#define ASSET_MAX ((size_t)8 << 20)
#define PAGE_MAX 65536
#define CDN "https://cdn.jsdelivr.net/npm/swagger-ui-dist@" DOCS_PAGE_SWAGGER "/"
#define SCRIPT_DIGEST "sha384-gjRm0bEPMeTmMh5jT2cHccIwCUZSTd8YC+j0d0sXw0MdGEfScduGpSyF3ZSSLkX9"
#define STYLE_DIGEST "sha384-WlYgdmXYOOBWL5apwjDEZwN+U3HmXSSu5R6V5aGxEcf7z+KuRNwBhoxKVN1i3D5I"

/* web/docs, embedded by the build. */
extern const unsigned char docs_init_js[], docs_redirect_js[], docs_css[];
extern const size_t docs_init_js_len, docs_redirect_js_len, docs_css_len;

/* ---- assets ---- */

static ost_result load(app_server *server, const char *name, ost_text *ret_content,
                       ost_error *ret_error)
{
    const char *folder = server->settings->docs_assets;
    char *path = ost_arena_format(server->arena, "%s/%s", folder, name);
    if (path == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = file >= 0 ? lseek(file, 0, SEEK_END) : -1;
    char *content =
        size > 0 && (size_t)size <= ASSET_MAX ? ost_arena_alloc(server->arena, (size_t)size) : NULL;
    ssize_t n = content != NULL ? pread(file, content, (size_t)size, 0) : -1;
    int why = errno;
    if (file >= 0)
        close(file);
    if (n < 0 || n != size)
        return ost_error_set(ret_error, OST_E_CONFIG, "--docs-assets: cannot use %s: %s", path,
                             file < 0 || size < 0 ? strerror(why) : "it is empty or too large");
    *ret_content = (ost_text){content, (size_t)n};
    return OST_OK;
}

ost_result docs_page_load(app_server *server, ost_error *ret_error)
{
    if (server->settings->docs_assets == NULL)
        return OST_OK;
    ost_result result = load(server, "swagger-ui-bundle.js", &server->swagger_script, ret_error);
    if (result == OST_OK)
        result = load(server, "swagger-ui.css", &server->swagger_style, ret_error);
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

static void send_css(http_exchange *exchange, void *user)
{
    (void)user;
    send_asset(exchange, "text/css; charset=utf-8",
               (ost_text){(const char *)docs_css, docs_css_len});
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
    if (server->login != NULL &&
        login_describe(server->login, arena, &provider.authorization, &provider.token) != OST_OK)
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
static void set_policy(http_exchange *exchange, const app_server *server)
{
    bool own = server->swagger_script.len > 0;
    ost_text origin = token_origin(server, http_arena(exchange));
    const char *policy = ost_arena_format(
        http_arena(exchange),
        "default-src 'none'; script-src 'self'%s; style-src 'self' 'unsafe-inline'%s; "
        "img-src 'self' data:; connect-src 'self'%s%.*s; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        own ? "" : " " CDN "swagger-ui-bundle.js", own ? "" : " " CDN "swagger-ui.css",
        origin.len > 0 ? " " : "", (int)origin.len, origin.data);
    request_set(exchange, "Content-Security-Policy", text_of(policy));
}

static void append_head(buffer *html, ost_text title)
{
    buffer_append_string(html, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                               "<meta name=\"viewport\" content=\"width=device-width,"
                               "initial-scale=1\"><link rel=\"icon\" href=\"data:,\">"
                               "<link rel=\"stylesheet\" href=\"/docs/docs.css\"><title>");
    buffer_append(html, title);
    buffer_append_string(html, "</title>");
}

static void send_html(http_exchange *exchange, const app_server *server, const buffer *html)
{
    if (html->failed != OST_OK) {
        request_refuse(exchange, 500, OST_TEXT("Internal Server Error"));
        return;
    }
    set_policy(exchange, server);
    request_set(exchange, "Cache-Control", OST_TEXT("no-cache"));
    http_respond(exchange, 200, "text/html; charset=utf-8", buffer_text(html));
}

static void send_page(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    ost_arena *arena = http_arena(exchange);
    const char *title = server->app->title != NULL ? server->app->title : "API";
    const char *client = server->settings->docs_client_id;
    buffer_auto buffer html;
    buffer_init(&html, PAGE_MAX);
    append_head(&html, http_html_escape(arena, text_of(title)));
    if (server->swagger_script.len > 0)
        buffer_append_string(&html, "<link rel=\"stylesheet\" href=\"/docs/swagger-ui.css\">"
                                    "<script src=\"/docs/swagger-ui-bundle.js\" defer></script>");
    else
        buffer_append_string(&html, "<link rel=\"stylesheet\" href=\"" CDN
                                    "swagger-ui.css\" integrity=\"" STYLE_DIGEST
                                    "\" crossorigin=\"anonymous\"><script src=\"" CDN
                                    "swagger-ui-bundle.js\" integrity=\"" SCRIPT_DIGEST
                                    "\" crossorigin=\"anonymous\" defer></script>");
    buffer_append_string(&html, "<script src=\"/docs/init.js\" defer></script></head><body>"
                                "<div id=\"swagger-ui\" data-client=\"");
    if (client != NULL)
        buffer_append(&html, http_html_escape(arena, text_of(client)));
    buffer_append_string(&html, "\"></div><noscript><p class=\"message\">This page needs "
                                "JavaScript. The description itself is at "
                                "<a href=\"/openapi.json\">/openapi.json</a>.</p></noscript>"
                                "</body></html>\n");
    send_html(exchange, server, &html);
}

static void send_redirect_page(http_exchange *exchange, void *user)
{
    buffer_auto buffer html;
    buffer_init(&html, PAGE_MAX);
    append_head(&html, OST_TEXT("Login"));
    buffer_append_string(&html,
                         "<script src=\"/docs/oauth2-redirect.js\" defer></script></head><body>"
                         "<p class=\"message\" id=\"message\">Going back to the docs page …</p>"
                         "</body></html>\n");
    send_html(exchange, user, &html);
}

const docs_page_address docs_page_addresses[] = {
    {"/openapi.json", send_description},
    {"/docs", send_page},
    {"/docs/oauth2-redirect", send_redirect_page},
    {"/docs/init.js", send_init},
    {"/docs/oauth2-redirect.js", send_redirect_script},
    {"/docs/docs.css", send_css},
    {"/docs/swagger-ui-bundle.js", send_swagger_script},
    {"/docs/swagger-ui.css", send_swagger_style},
    {0},
};
