/* Pages; see realm_page.h. */
#include "provider/login/realm_page.h"

#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/buffer.h"
#include "base/text.h"

#define MAX_PAGE ((size_t)256 << 10)
#define STYLE_PATH "/resources/ostiary.css"
#define SCRIPT "document.forms[0].submit();" /* as form_post.html has it */

#define EMBEDDED(name)                                                                             \
    extern const unsigned char name[];                                                             \
    extern const size_t name##_len
EMBEDDED(page_html);
EMBEDDED(login_html);
EMBEDDED(login_name_html);
EMBEDDED(login_again_html);
EMBEDDED(link_html);
EMBEDDED(error_html);
EMBEDDED(message_html);
EMBEDDED(logout_html);
EMBEDDED(form_post_html);
EMBEDDED(root_html);
EMBEDDED(style_css);

#define TEXT(name) ((ost_text){(const char *)name, name##_len})

static ost_text template_text(page_template template)
{
    switch (template) {
    case PAGE_LOGIN:
        return TEXT(login_html);
    case PAGE_LOGIN_NAME:
        return TEXT(login_name_html);
    case PAGE_LOGIN_AGAIN:
        return TEXT(login_again_html);
    case PAGE_LINK:
        return TEXT(link_html);
    case PAGE_ERROR:
        return TEXT(error_html);
    case PAGE_MESSAGE:
        return TEXT(message_html);
    case PAGE_LOGOUT:
        return TEXT(logout_html);
    case PAGE_FORM_POST:
        return TEXT(form_post_html);
    case PAGE_ROOT:
        return TEXT(root_html);
    }
    return TEXT(error_html);
}

ost_text page_style(void)
{
    return TEXT(style_css);
}

void page_put(page *p, const char *name, ost_text value)
{
    if (p->value_count < ARRAY_LEN(p->values))
        p->values[p->value_count++] = (page_value){name, value};
}

static ost_text value_of(const page_value *values, size_t count, ost_text name)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is(name, values[i].name))
            return values[i].value;
    }
    return (ost_text){0};
}

static void fill(ost_text source, const page_value *values, size_t count, ost_arena *arena,
                 buffer *out)
{
    size_t at = 0;
    while (at < source.len) {
        const char *open = memmem(source.data + at, source.len - at, "{{", 2);
        if (open == NULL)
            break;
        size_t start = (size_t)(open - source.data);
        bool raw = start + 2 < source.len && source.data[start + 2] == '{';
        size_t name = start + (raw ? 3 : 2), end = text_find(source, '}', name);
        ost_text value = value_of(values, count, text_slice(source, name, end - name));
        buffer_append(out, text_slice(source, at, start - at));
        buffer_append(out, raw ? value : http_html_escape(arena, value));
        at = end + (raw ? 3 : 2);
    }
    buffer_append(out, text_slice(source, at, source.len));
}

void page_put_part(call *c, page *p, const char *name, page_template part, const page_value *values,
                   size_t count)
{
    buffer_auto buffer b;
    buffer_init(&b, MAX_PAGE);
    fill(template_text(part), values, count, c->arena, &b);
    char *copy = b.failed == OST_OK ? ost_arena_copy(c->arena, buffer_text(&b)) : NULL;
    page_put(p, name, (ost_text){copy, copy != NULL ? b.len : 0});
}

static void append_script_hash(buffer *b)
{
    unsigned char hash[32];
    char text[48];
    if (ost_sha256(OST_TEXT(SCRIPT), hash) != OST_OK)
        return;
    buffer_append_format(b, "; script-src 'sha256-%.*s'",
                         (int)base64_encode(hash, sizeof hash, text), text);
}

/* Nothing but our own style, and forms that lead to us. A browser holds form-action against every
 * redirect that follows, those of the client to its next page too: where a form ends at a client,
 * there is no list of places that would be right. */
static void set_headers(http_exchange *exchange, const page *p)
{
    buffer_auto buffer b;
    buffer_init(&b, 4096);
    buffer_append_string(&b, "default-src 'none'; style-src 'self'; base-uri 'none'; "
                             "frame-ancestors 'none'");
    if (!p->leads_away)
        buffer_append_string(&b, "; form-action 'self'");
    if (p->submits_itself)
        append_script_hash(&b);
    (void)!http_set_field(exchange, "Content-Security-Policy", buffer_text(&b));
    if (p->status == 503)
        (void)!http_set_field(exchange, "Retry-After", OST_TEXT("1"));
    (void)!http_set_field(exchange, "X-Frame-Options", OST_TEXT("DENY"));
    (void)!http_set_field(exchange, "X-Robots-Tag", OST_TEXT("none"));
    (void)!http_set_field(exchange, "Content-Language", OST_TEXT("en"));
    (void)!http_set_field(exchange, "Cache-Control",
                          OST_TEXT("no-store, must-revalidate, max-age=0"));
}

static void send_filled(http_exchange *exchange, const page *p, const char *title,
                        ost_text realm_name, ost_text style)
{
    ost_arena *arena = http_arena(exchange);
    buffer_auto buffer content;
    buffer_auto buffer whole;
    buffer_init(&content, MAX_PAGE);
    buffer_init(&whole, MAX_PAGE);
    fill(template_text(p->template), p->values, p->value_count, arena, &content);
    const page_value outer[] = {{"title", text_of(title)},
                                {"realm", realm_name},
                                {"style", style},
                                {"content", buffer_text(&content)}};
    fill(TEXT(page_html), outer, ARRAY_LEN(outer), arena, &whole);
    set_headers(exchange, p);
    if (content.failed != OST_OK || whole.failed != OST_OK)
        http_respond(exchange, 500, NULL, (ost_text){0});
    else
        http_respond(exchange, p->status, "text/html; charset=utf-8", buffer_text(&whole));
}

void page_send(call *c, const page *p)
{
    const char *shown = c->realm->display_name != NULL ? c->realm->display_name : c->realm->name;
    const char *title = p->title != NULL ? p->title : call_format(c, "Sign in to %s", shown);
    send_filled(c->exchange, p, title, text_of(shown), OST_TEXT(STYLE_PATH));
}

static void put_link(call *c, page *p, ost_text url, const char *text)
{
    const page_value values[] = {{"url", url}, {"text", text_of(text)}};
    page_put_part(c, p, "more", PAGE_LINK, values, 2);
}

static void send_error_page(call *c, int status, const char *message, ost_text url,
                            const char *text)
{
    page p = {.template = PAGE_ERROR, .status = status};
    page_put(&p, "heading", OST_TEXT("We are sorry …"));
    page_put(&p, "message", text_of(message));
    if (url.len > 0)
        put_link(c, &p, url, text);
    http_set_reason(c->exchange, "%s", message);
    page_send(c, &p);
}

/* Where the client itself is to be found; a link must not run anything. */
static ost_text home_of(const realm_client *client)
{
    ost_text url = client != NULL ? text_of(client->base_url) : (ost_text){0};
    return text_starts(url, "https://") || text_starts(url, "http://") ? url : (ost_text){0};
}

void page_send_error(call *c, int status, const char *message)
{
    send_error_page(c, status, message, home_of(c->client), "Back to the application");
}

void page_send_error_again(call *c, int status, const char *message, ost_text again)
{
    send_error_page(c, status, message, again, "Begin again");
}

void page_send_bare(http_exchange *exchange, int status, const char *heading, const char *message)
{
    page p = {.template = message != NULL ? PAGE_ERROR : PAGE_ROOT, .status = status};
    page_put(&p, "heading", text_of(heading));
    page_put(&p, "message", text_of(message));
    send_filled(exchange, &p, heading, OST_TEXT("Ostiary"), OST_TEXT(STYLE_PATH));
}
