/* SPDX-License-Identifier: Apache-2.0 */
/* Puts pages together and sends them with their headers; see page.h. */
#include "page/page.h"

#include "base/array.h"
#include "base/buffer.h"
#include "base/text.h"
#include "page/page_files.h"
#include "page/page_fill.h"
#include "page/page_words.h"

#define PAGE_MAX ((size_t)2 << 20) /* the list of an API's operations may be long */
#define FIELD_MAX 40960            /* with the frames of a logout */

/* ---- values ---- */

static void put(page *p, page_field field, ost_text value)
{
    p->values[field] = value;
}

void page_put(page *p, page_field field, ost_text text)
{
    if (page_fields[field].kind == PAGE_IS_TEXT)
        put(p, field, text);
    else
        p->broken = true;
}

void page_put_flag(page *p, page_field field, bool flag)
{
    if (page_fields[field].kind == PAGE_IS_FLAG)
        put(p, field, flag ? OST_TEXT("1") : (ost_text){0});
    else
        p->broken = true;
}

static bool is_address(ost_text url)
{
    bool path = text_starts(url, "/") && !text_starts(url, "//");
    return path || text_starts(url, "https://") || text_starts(url, "http://");
}

/* Letters, digits, '+', '-', '.' (RFC 3986 §3.1). */
static bool is_scheme(ost_text text)
{
    return text.len > 0 && text_is_made_of(text, "+-.");
}

/* Any scheme, but those that browsers run. */
static bool is_target(ost_text url)
{
    static const char *const run[] = {"javascript", "data", "vbscript"};
    ost_text scheme = text_slice(url, 0, text_find(url, ':', 0));
    if (is_address(url))
        return true;
    if (scheme.len == url.len || !is_scheme(scheme))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(run); i++) {
        if (text_equal_ignoring_case(scheme, text_of(run[i])))
            return false;
    }
    return true;
}

void page_put_url(page *p, page_field field, ost_text url)
{
    page_kind kind = page_fields[field].kind;
    if (kind == PAGE_IS_ADDRESS)
        put(p, field, is_address(url) ? url : (ost_text){0});
    else if (kind == PAGE_IS_TARGET)
        put(p, field, is_target(url) ? url : (ost_text){0});
    else
        p->broken = true;
}

/* ---- headers ---- */

static void set(http_exchange *exchange, const char *name, ost_text value)
{
    if (http_set_field(exchange, name, value) != OST_OK)
        http_set_reason(exchange, "the field %s could not be set", name);
}

/* Our own style, our own script, our own icon, and forms that lead to us. A browser holds
 * form-action against every redirect that follows, those of the client to its next page too: where
 * a form ends at a client, there is no list of places that would be right. */
static void set_policy(http_exchange *exchange, const page *p)
{
    ost_text style = page_style().digest, script = page_script(p->template).digest;
    buffer_auto buffer b = {0};
    if (p->policy != NULL) {
        set(exchange, "Content-Security-Policy", text_of(p->policy));
        return;
    }
    buffer_init(&b, FIELD_MAX);
    buffer_append_format(&b, "default-src 'none'; style-src 'sha256-%.*s'; ", (int)style.len,
                         style.data);
    if (script.len > 0)
        buffer_append_format(&b, "script-src 'sha256-%.*s'; ", (int)script.len, script.data);
    buffer_append_string(&b, "img-src data:");
    if (p->images != NULL)
        buffer_append_format(&b, " %s", p->images);
    buffer_append_string(&b, "; base-uri 'none'; frame-ancestors 'none'");
    if (p->frames != NULL)
        buffer_append_format(&b, "; frame-src %s", p->frames);
    if (!p->leads_away)
        buffer_append_string(&b, "; form-action 'self'");
    set(exchange, "Content-Security-Policy", buffer_text(&b));
}

static void set_headers(http_exchange *exchange, const page *p)
{
    set_policy(exchange, p);
    set(exchange, "X-Frame-Options", OST_TEXT("DENY"));
    set(exchange, "X-Robots-Tag", OST_TEXT("none"));
    set(exchange, "Content-Language", p->words != NULL ? p->words->language : OST_TEXT("en"));
    set(exchange, "Cache-Control", OST_TEXT("no-store"));
    /* With "no-referrer" browsers send "Origin: null" when a form is sent. */
    set(exchange, "Referrer-Policy",
        p->tells_origin ? OST_TEXT("same-origin") : OST_TEXT("no-referrer"));
}

void page_send(http_exchange *exchange, const page *p)
{
    buffer_auto buffer html = {0};
    buffer_init(&html, PAGE_MAX);
    ost_result result = p->broken ? OST_E_ARGUMENT : page_fill(p, http_arena(exchange), &html);
    if (result == OST_OK)
        result = html.failed;
    if (result != OST_OK) {
        http_set_reason(exchange, "the page could not be made: %s", ost_result_sentence(result));
        http_respond(exchange, 500, NULL, (ost_text){0});
        return;
    }
    set_headers(exchange, p);
    http_respond(exchange, p->status, "text/html; charset=utf-8", buffer_text(&html));
}
