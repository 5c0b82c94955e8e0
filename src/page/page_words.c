/* SPDX-License-Identifier: Apache-2.0 */
/* Words of pages; see page_words.h. */
#include "page/page_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "page/message.h"

#define TAG_MAX 64

/* ---- languages ---- */

static const page_language *language_of(ost_text tag)
{
    for (size_t i = 0; i < page_language_count; i++) {
        if (text_equal_ignoring_case(tag, text_of(page_languages[i].tag)))
            return &page_languages[i];
    }
    return NULL;
}

/* "pt-BR" has the words of "pt". */
static ost_text base_of(ost_text tag)
{
    return text_slice(tag, 0, text_find(tag, '-', 0));
}

/* Languages that a realm may bring words of its own for (ISO 639). */
static bool is_right_to_left(ost_text base)
{
    static const char *const tags[] = {"ar", "arc", "ckb", "dv", "fa", "he", "iw",
                                       "ps", "sd",  "syr", "ug", "ur", "yi", NULL};
    return text_is_one_of(base, tags);
}

static void add_layer(page_words *w, size_t *count, ost_text tag, const ost_json *texts)
{
    const page_words_layer layer = {ost_json_get_text(texts, tag), language_of(tag)};
    if (layer.own == NULL && layer.file == NULL)
        return;
    w->layers[(*count)++] = layer;
}

void page_words_make(ost_text tag, const ost_json *texts, page_words *ret)
{
    ost_text english = OST_TEXT("en"), base = base_of(tag);
    size_t count = 0;
    *ret = (page_words){0};
    add_layer(ret, &count, tag, texts);
    if (base.len < tag.len)
        add_layer(ret, &count, base, texts);
    ret->language = count > 0 ? tag : english;
    ret->right_to_left = count > 0 && is_right_to_left(base);
    if (!text_equal_ignoring_case(base, english))
        add_layer(ret, &count, english, texts);
}

page_words page_words_english(void)
{
    page_words words;
    page_words_make(OST_TEXT("en"), NULL, &words);
    return words;
}

/* ---- words ---- */

static int compare_keys(const void *key, const void *element)
{
    const ost_text *text = key;
    const char *const *other = element;
    size_t len = strlen(*other), shared = text->len < len ? text->len : len;
    int order = shared > 0 ? memcmp(text->data, *other, shared) : 0;
    return order != 0 ? order : (text->len > len) - (text->len < len);
}

/* The place of a key among them; page_word_count: there is none. */
static size_t place_of(ost_text key)
{
    const char *const *found =
        bsearch(&key, page_word_keys, page_word_count, sizeof *found, compare_keys);
    return found != NULL ? (size_t)(found - page_word_keys) : page_word_count;
}

ost_text page_words_find(const page_words *w, ost_text key)
{
    size_t place = place_of(key);
    ost_text text;
    for (size_t i = 0; i < ARRAY_LEN(w->layers); i++) {
        if (ost_json_text(ost_json_get_text(w->layers[i].own, key), &text))
            return text;
        if (w->layers[i].file != NULL && place < page_word_count)
            return text_of(w->layers[i].file->texts[place]);
    }
    return (ost_text){0};
}

ost_text page_words_say(const page_words *w, const char *key, const ost_text *values, size_t count,
                        ost_arena *arena)
{
    ost_text pattern = page_words_find(w, text_of(key));
    return pattern.data != NULL ? message_format(pattern, values, count, arena) : text_of(key);
}

/* A text that is exact before one with values. */
static const char *key_of(ost_text english, ost_text values[MESSAGE_VALUES])
{
    const page_language *language = language_of(OST_TEXT("en"));
    for (int exact = 1; exact >= 0; exact--) {
        for (size_t i = 0; language != NULL && i < page_word_count; i++) {
            bool plain = strchr(language->texts[i], '{') == NULL;
            if (plain == (exact == 1) && message_fits(text_of(language->texts[i]), english, values))
                return page_word_keys[i];
        }
    }
    return NULL;
}

ost_text page_words_translate(const page_words *w, ost_text english, ost_arena *arena)
{
    ost_text values[MESSAGE_VALUES] = {0};
    const char *key = english.len > 0 ? key_of(english, values) : NULL;
    return key != NULL ? page_words_say(w, key, values, ARRAY_LEN(values), arena) : english;
}

ost_text page_words_resolve(const page_words *w, ost_text text, ost_arena *arena)
{
    bool named = text_starts(text, "${") && text_ends(text, "}");
    ost_text pattern =
        named ? page_words_find(w, text_slice(text, 2, text.len - 3)) : (ost_text){0};
    return pattern.data != NULL ? message_format(pattern, NULL, 0, arena) : text;
}

/* A realm may have its own name for it, as Keycloak's messages do: "locale_de". */
static ost_text own_name(ost_text tag, const page_words *w)
{
    char key[TAG_MAX + sizeof "locale_"] = "locale_";
    ost_text name = {0};
    if (text_to_string(tag, key + strlen(key), TAG_MAX))
        name = page_words_find(w, text_of(key));
    return name;
}

ost_text page_words_language_name(ost_text tag, const page_words *w, ost_arena *arena)
{
    size_t place = place_of(OST_TEXT("languageName"));
    ost_text base = base_of(tag), own = own_name(tag, w);
    const page_language *exact = language_of(tag), *language = language_of(base);
    if (own.data != NULL)
        return own;
    if (exact != NULL)
        return text_of(exact->texts[place]);
    if (language == NULL)
        return tag;
    ost_text rest = text_slice(tag, base.len + 1, tag.len);
    return text_of(ost_arena_format(arena, "%s (%.*s)", language->texts[place], OST_FORMAT(rest)));
}
