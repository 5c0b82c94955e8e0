/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of realms; see realm_page.h. */
#include "provider/login/realm_page.h"

#include "base/text.h"
#include "provider/login/realm_language.h"

/* ---- words ---- */

void realm_page_say(call *c, page *p, page_field field, const char *key)
{
    page_put(p, field, page_words_say(realm_language_words(c), key, NULL, 0, c->arena));
}

void realm_page_say_of(call *c, page *p, page_field field, const char *key, ost_text value)
{
    page_put(p, field, page_words_say(realm_language_words(c), key, &value, 1, c->arena));
}

void realm_page_tell(call *c, page *p, page_field field, const char *english)
{
    page_put(p, field, page_words_translate(realm_language_words(c), text_of(english), c->arena));
}

void realm_page_name(call *c, page *p, page_field field, ost_text name)
{
    page_put(p, field, page_words_resolve(realm_language_words(c), name, c->arena));
}

/* ---- the menu ---- */

static page_row row_of(call *c, const char *tag, ost_text address, const page_words *words)
{
    bool query = text_find(address, '?', 0) < address.len;
    bool current = text_equal_ignoring_case(text_of(tag), words->language);
    const char *url =
        call_format(c, "%.*s%ckc_locale=%s", OST_FORMAT(address), query ? '&' : '?', tag);
    return (page_row){{{PAGE_ROW_TAG, text_of(tag)},
                       {PAGE_ROW_NAME, page_words_language_name(text_of(tag), words, c->arena)},
                       {PAGE_ROW_VALUE, text_of(url)},
                       {PAGE_ROW_CURRENT, current ? OST_TEXT("1") : (ost_text){0}}}};
}

void realm_page_offer_languages(call *c, page *p, ost_text address)
{
    const char *const *tags = c->realm->locales;
    const page_words *words = realm_language_words(c);
    size_t count = 0;
    while (tags != NULL && tags[count] != NULL)
        count++;
    page_row *rows = count > 1 ? ost_arena_alloc(c->arena, count * sizeof *rows) : NULL;
    if (rows == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        rows[i] = row_of(c, tags[i], address, words);
    p->languages = rows;
    p->language_count = count;
    page_put(p, PAGE_LANGUAGE_NAME, page_words_language_name(words->language, words, c->arena));
}

/* ---- sending ---- */

void realm_page_send(call *c, page *p)
{
    const char *shown = c->realm->display_name != NULL ? c->realm->display_name : c->realm->name;
    p->words = realm_language_words(c);
    page_put(p, PAGE_LANGUAGE, p->words->language);
    page_put_flag(p, PAGE_RIGHT_TO_LEFT, p->words->right_to_left);
    page_put(p, PAGE_SITE, text_of(shown));
    if (p->values[PAGE_TITLE].len == 0)
        realm_page_say_of(c, p, PAGE_TITLE, "loginTitle", text_of(shown));
    if (p->status == 503)
        call_set_retry_after(c);
    page_send(c->exchange, p);
}

static void send_error_page(call *c, int status, const char *message, ost_text url, const char *key)
{
    page p = {.template = PAGE_NOTICE, .status = status};
    realm_page_say(c, &p, PAGE_HEADING, "errorTitle");
    page_put_flag(&p, PAGE_ERROR, true);
    realm_page_tell(c, &p, PAGE_MESSAGE, message);
    page_put(&p, PAGE_REQUEST_ID, c->request->request_id);
    page_put_url(&p, PAGE_LINK, url);
    realm_page_say(c, &p, PAGE_LINK_TEXT, key);
    http_set_reason(c->exchange, "%s", message);
    realm_page_send(c, &p);
}

void page_send_error(call *c, int status, const char *message)
{
    ost_text home = text_of(c->client != NULL ? c->client->base_url : NULL);
    /* A path would be one of ours. */
    if (text_starts(home, "/"))
        home = (ost_text){0};
    send_error_page(c, status, message, home, "backToApplication");
}

void page_send_error_again(call *c, int status, const char *message, ost_text again)
{
    send_error_page(c, status, message, again, "beginAgain");
}

/* ---- pages of no realm ---- */

/* `title` and `message` are keys of messages, or NULL. */
static void send_alone(http_exchange *exchange, page_template template, int status,
                       const char *title, const char *message)
{
    ost_text accepted = http_request_field(http_request_of(exchange), "accept-language");
    ost_text name = OST_TEXT("Ostiary");
    page_words words;
    page_words_make(text_of(realm_language_of_browser(accepted)), NULL, &words);
    ost_text heading = title != NULL ? page_words_find(&words, text_of(title)) : name;
    page p = {.template = template, .status = status, .words = &words};
    page_put(&p, PAGE_LANGUAGE, words.language);
    page_put_flag(&p, PAGE_RIGHT_TO_LEFT, words.right_to_left);
    page_put(&p, PAGE_SITE, name);
    page_put(&p, PAGE_TITLE, heading);
    page_put(&p, PAGE_HEADING, heading);
    page_put_flag(&p, PAGE_ERROR, status != 200);
    if (message != NULL)
        page_put(&p, PAGE_MESSAGE, page_words_find(&words, text_of(message)));
    page_send(exchange, &p);
}

void page_send_root(http_exchange *exchange)
{
    send_alone(exchange, PAGE_ROOT, 200, NULL, NULL);
}

void page_send_not_found(http_exchange *exchange)
{
    send_alone(exchange, PAGE_NOTICE, 404, "pageNotFound", "pageNotFoundText");
}

void page_send_no_administrator(http_exchange *exchange)
{
    send_alone(exchange, PAGE_NOTICE, 404, "noAdministrator", "noAdministratorText");
}
