/* SPDX-License-Identifier: Apache-2.0 */
/* Languages of pages; see realm_language.h. */
#include "provider/login/realm_language.h"

#include "base/array.h"
#include "base/ascii.h"
#include "base/text.h"

#define LOCALE_COOKIE "KEYCLOAK_LOCALE"
#define TAGS_MAX 32 /* of a request that are looked at */

/* ---- tags (RFC 5646) ---- */

static bool is_region(ost_text subtag)
{
    bool letters = subtag.len == 2, digits = subtag.len == 3;
    for (size_t i = 0; i < subtag.len; i++) {
        letters = letters && ascii_is_letter(subtag.data[i]);
        digits = digits && ascii_is_digit(subtag.data[i]);
    }
    return letters || digits;
}

/* Scripts and variants do not count. */
static void split(ost_text tag, ost_text *ret_language, ost_text *ret_region)
{
    ost_text subtag;
    *ret_region = *ret_language = (ost_text){0};
    if (!text_next(&tag, '-', ret_language))
        return;
    while (ret_region->len == 0 && text_next(&tag, '-', &subtag)) {
        if (is_region(subtag))
            *ret_region = subtag;
    }
}

/* How well a language of the realm serves who asks; 0: not at all. */
static int fitness(ost_text asked, ost_text offered)
{
    ost_text language, region, own_language, own_region;
    split(asked, &language, &region);
    split(offered, &own_language, &own_region);
    if (language.len == 0 || !text_equal_ignoring_case(language, own_language))
        return 0;
    if (text_equal_ignoring_case(region, own_region))
        return 3;
    if (own_region.len == 0)
        return 2;
    return region.len == 0 ? 1 : 0;
}

static const char *match(const char *const *offered, ost_text tag)
{
    const char *found = NULL;
    int best = 0;
    for (const char *const *at = offered; at != NULL && *at != NULL; at++) {
        int fits = fitness(tag, text_of(*at));
        if (fits > best) {
            best = fits;
            found = *at;
        }
    }
    return found;
}

const char *realm_language_match(const realm *r, ost_text tag)
{
    return match(r->locales, tag);
}

/* ---- Accept-Language ---- */

/* "1", "0.7", "0.123": in thousandths; −1: malformed. */
static int quality_of(ost_text text)
{
    int value = 0, digits = 0;
    if (text.len == 0 || text.len > 5 || (text.data[0] != '0' && text.data[0] != '1') ||
        (text.len > 1 && text.data[1] != '.'))
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (i == 1)
            continue;
        if (!ascii_is_digit(text.data[i]))
            return -1;
        value = value * 10 + (text.data[i] - '0');
        digits++;
    }
    for (; digits < 4; digits++)
        value *= 10;
    return value <= 1000 ? value : -1;
}

/* "de-AT;q=0.8" */
static int read_range(ost_text range, ost_text *ret_tag)
{
    size_t semicolon = text_find(range, ';', 0);
    ost_text weight = text_trim(text_slice(range, semicolon + 1, range.len));
    *ret_tag = text_trim(text_slice(range, 0, semicolon));
    if (semicolon == range.len)
        return 1000;
    return text_starts(weight, "q=") || text_starts(weight, "Q=")
               ? quality_of(text_slice(weight, 2, weight.len))
               : -1;
}

static const char *accepted(const char *const *offered, ost_text field)
{
    const char *found = NULL;
    ost_text range, tag;
    int best = 0;
    for (int i = 0; i < TAGS_MAX && text_next(&field, ',', &range); i++) {
        int quality = read_range(range, &tag);
        const char *fits = quality > best ? match(offered, tag) : NULL;
        if (fits != NULL) {
            best = quality;
            found = fits;
        }
    }
    return found;
}

const char *realm_language_accepted(const realm *r, ost_text field)
{
    return accepted(r->locales, field);
}

const char *realm_language_of_browser(ost_text field)
{
    const char *found = accepted(page_language_tags, field);
    return found != NULL ? found : "en";
}

/* ---- what is asked for ---- */

static void take(call *c, ost_text kc_locale, ost_text ui_locales)
{
    const char *picked = realm_language_match(c->realm, kc_locale), *wanted = NULL;
    ost_text tag;
    for (int i = 0; i < TAGS_MAX && wanted == NULL && text_next(&ui_locales, ' ', &tag); i++)
        wanted = realm_language_match(c->realm, tag);
    if (picked != NULL)
        c->language.picked = picked;
    if (wanted != NULL)
        c->language.wanted = wanted;
}

void realm_language_ask(call *c, ost_text kc_locale, ost_text ui_locales)
{
    c->language.asked = true;
    take(c, kc_locale, ui_locales);
}

void realm_language_ask_by_address(call *c)
{
    http_form query;
    if (c->realm->locales == NULL || http_form_read(c->request->query, c->arena, &query) != OST_OK)
        return;
    ost_text tag = http_form_get(&query, "kc_locale");
    c->language.picked_now = realm_language_match(c->realm, tag) != NULL;
    /* What the browser adds to a request that was pushed or signed does not count. */
    take(c, tag, c->language.asked ? (ost_text){0} : http_form_get(&query, "ui_locales"));
}

void realm_language_know_user(call *c, const ost_json *user_document)
{
    const ost_json *attributes = ost_json_get(user_document, "attributes");
    (void)!ost_json_text(ost_json_first(ost_json_get(attributes, "locale")), &c->language.user);
}

/* ---- the choice ---- */

static ost_text choose(const call *c)
{
    const realm *r = c->realm;
    ost_text cookie = http_request_cookie(c->request, LOCALE_COOKIE);
    const char *const tags[] = {
        c->language.picked,
        realm_language_match(r, c->language.user),
        c->language.wanted,
        realm_language_match(r, cookie),
        realm_language_accepted(r, http_request_field(c->request, "accept-language")),
        r->default_locale,
    };
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        if (tags[i] != NULL)
            return text_of(tags[i]);
    }
    return OST_TEXT("en");
}

/* Nothing but a tag of the realm's own list gets into it. */
void realm_language_set_cookie(call *c, const char *tag)
{
    ost_text there = http_request_cookie(c->request, LOCALE_COOKIE);
    if (!text_equal(text_of(tag), there))
        call_set_cookie(c, LOCALE_COOKIE, text_of(tag), tag != NULL ? -1 : 0, true);
}

const page_words *realm_language_words(call *c)
{
    static const page_words none; /* no page can be made of it */
    if (c->language.words != NULL)
        return c->language.words;
    page_words *words = ost_arena_alloc(c->arena, sizeof *words);
    if (words == NULL)
        return &none;
    realm_language_ask_by_address(c);
    if (c->language.picked_now)
        realm_language_set_cookie(c, c->language.picked);
    page_words_make(choose(c), ost_json_get(c->realm->document, "localizationTexts"), words);
    c->language.words = words;
    return words;
}
