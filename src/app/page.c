/* Makes pages; see page.h. The style stands in the page and is named by its digest in the policy,
 * so that nothing else may style it and no script may run at all. */
#include "app/page.h"

#include "app/request.h"
#include "base/base64url.h"
#include "base/buffer.h"
#include "base/text.h"

#define PAGE_MAX 65536

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c2430;--quiet:#5a6472;--paper:#fff;--ground:#f3f5f8;"
    "--line:#d9dee6;--accent:#1d4ed8;--on-accent:#fff}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8ebf0;--quiet:#a3acb9;--paper:#1b212b;"
    "--ground:#12161d;--line:#313a48;--accent:#8ab4ff;--on-accent:#0d1626}}"
    "*{box-sizing:border-box}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;"
    "background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}"
    "main{width:100%;max-width:34rem;padding:2rem;background:var(--paper);"
    "border:1px solid var(--line);border-radius:.75rem}"
    "h1{margin:0 0 .75rem;font-size:1.4rem;line-height:1.25}p{margin:0 0 1rem}"
    "main>:last-child{margin-bottom:0}"
    ".detail{padding:.6rem .8rem;border-left:3px solid var(--line);color:var(--quiet);"
    "font-size:.875rem;overflow-wrap:anywhere}"
    "a.next,button{display:inline-block;padding:.6rem 1.1rem;border:0;border-radius:.45rem;"
    "background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;"
    "text-decoration:none;cursor:pointer}"
    "a.next:focus-visible,button:focus-visible{outline:3px solid var(--accent);"
    "outline-offset:3px}form{margin:0}";

ost_result page_make_policy(ost_arena *arena, ost_text *ret_policy)
{
    unsigned char digest[32];
    char encoded[48];
    ost_result result = ost_sha256((ost_text){style, sizeof style - 1}, digest);
    if (result != OST_OK)
        return result;
    size_t len = base64_encode(digest, sizeof digest, encoded);
    /* form-action is left out: it would also bind where the provider redirects to after the
     * button of the logout page was pressed, and the pages have no other form. */
    const char *policy = ost_arena_format(arena,
                                          "default-src 'none'; style-src 'sha256-%.*s'; "
                                          "base-uri 'none'; frame-ancestors 'none'",
                                          (int)len, encoded);
    *ret_policy = text_of(policy);
    return policy != NULL ? OST_OK : OST_E_MEMORY;
}

static void append_escaped(buffer *to, ost_arena *arena, const char *text)
{
    ost_text escaped = http_html_escape(arena, text_of(text));
    if (escaped.data != NULL)
        buffer_append(to, escaped);
}

static void append_element(buffer *to, ost_arena *arena, const char *open, const char *text,
                           const char *close)
{
    if (text == NULL)
        return;
    buffer_append_string(to, open);
    append_escaped(to, arena, text);
    buffer_append_string(to, close);
}

static void append_next(buffer *to, ost_arena *arena, const page *shown)
{
    if (shown->link == NULL)
        return;
    buffer_append_string(to, shown->post ? "<form method=\"post\" action=\""
                                         : "<p><a class=\"next\" href=\"");
    append_escaped(to, arena, shown->link);
    buffer_append_string(to, shown->post ? "\"><button>" : "\">");
    append_escaped(to, arena, shown->link_text);
    buffer_append_string(to, shown->post ? "</button></form>" : "</a></p>");
}

void page_send(http_exchange *exchange, const app_server *server, const page *shown)
{
    ost_arena *arena = http_arena(exchange);
    buffer_auto buffer html;
    buffer_init(&html, PAGE_MAX);
    buffer_append_string(&html, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                                "<meta name=\"viewport\" content=\"width=device-width,"
                                "initial-scale=1\">");
    append_element(&html, arena, "<title>", shown->title, "</title>");
    buffer_append_string(&html, "<style>");
    buffer_append_string(&html, style);
    buffer_append_string(&html, "</style></head><body><main>");
    append_element(&html, arena, "<h1>", shown->title, "</h1>");
    append_element(&html, arena, "<p>", shown->text, "</p>");
    append_element(&html, arena, "<p class=\"detail\">", shown->detail, "</p>");
    append_next(&html, arena, shown);
    buffer_append_string(&html, "</main></body></html>\n");
    if (html.failed != OST_OK) {
        request_refuse(exchange, shown->status, text_of(shown->title));
        return;
    }
    request_set(exchange, "Content-Security-Policy", server->page_policy);
    request_set(exchange, "Cache-Control", OST_TEXT("no-store"));
    /* With "no-referrer" browsers would send "Origin: null" when the button is pressed. */
    request_set(exchange, "Referrer-Policy", OST_TEXT("same-origin"));
    http_respond(exchange, shown->status, "text/html; charset=utf-8", buffer_text(&html));
}
