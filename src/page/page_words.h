/* SPDX-License-Identifier: Apache-2.0 */
/* The words of pages, in the languages of web/page/messages. The keys are Keycloak's, where it has
 * a message of that meaning, so that the texts which its users have written for a realm stand in
 * the place of ours. */
#ifndef PAGE_WORDS_H
#define PAGE_WORDS_H

#include <ostiary/json.h>

/* One file of web/page/messages: a text for each of page_word_keys, in their order. */
typedef struct page_language {
    const char *tag;
    const char *const *texts;
} page_language;
extern const page_language page_languages[];
extern const size_t page_language_count;
extern const char *const page_language_tags[]; /* of them; NULL at the end */
extern const char *const page_word_keys[];     /* sorted by strcmp */
extern const size_t page_word_count;

/* Where a word is looked for: in texts of one's own, then in those of a file. */
typedef struct page_words_layer {
    const ost_json *own;
    const page_language *file;
} page_words_layer;

#define PAGE_WORDS_LAYERS 3
typedef struct page_words {
    ost_text language; /* as HTML and Content-Language have it: of the words, not of the wish */
    bool right_to_left;
    page_words_layer layers[PAGE_WORDS_LAYERS];
} page_words;

/* The words for a language tag: those of "de-AT", then of "de", then English. `texts`: a realm's
 * localizationTexts, or NULL; it and the tag are borrowed. */
void page_words_make(ost_text tag, const ost_json *texts, page_words *ret_words);
page_words page_words_english(void);

/* The message of a key, as it is written; no data: nobody has one. */
ost_text page_words_find(const page_words *words, ost_text key);

/* The message of a key with its values, in the arena. A key without a message stays itself. */
ost_text page_words_say(const page_words *words, const char *key, const ost_text *values,
                        size_t count, ost_arena *arena);

/* What the code says in English, to logs and clients too, in these words: the message whose English
 * text it is. A sentence that is none stays as it is. */
ost_text page_words_translate(const page_words *words, ost_text english, ost_arena *arena);

/* "${emailScopeConsentText}" is the message of that key: so are the names that realms are made
 * with. Other text stays as it is. */
ost_text page_words_resolve(const page_words *words, ost_text text, ost_arena *arena);

/* What a language calls itself, in a menu: "Deutsch", "Deutsch (AT)"; the tag, where nobody knows.
 * In the arena, or borrowed. */
ost_text page_words_language_name(ost_text tag, const page_words *words, ost_arena *arena);

#endif
