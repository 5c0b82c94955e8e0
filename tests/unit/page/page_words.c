/* SPDX-License-Identifier: Apache-2.0 */
/* Words of pages: whose come first, and what is said in a language that nobody has. */
#include "page/page_words.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define TEXTS                                                                                      \
    "{\"de\":{\"doYes\":\"Jawohl\",\"locale_en\":\"Anglisch\"},\"de-AT\":{\"doNo\":\"Na\","        \
    "\"doYes\":7},\"xx\":{\"doYes\":\"Xes\"},\"en\":{\"own\":\"{0} only\",\"doNo\":\"Nope\"},"     \
    "\"he\":{},\"bad\":[]}"

typedef struct fixture {
    ost_arena *arena;
    const ost_json *texts;
} fixture;

static fixture begin(void)
{
    fixture f = {.arena = ost_arena_new(1 << 20)};
    assert_non_null(f.arena);
    assert_int_equal(ost_json_read(OST_TEXT(TEXTS), NULL, f.arena, &f.texts, NULL), OST_OK);
    return f;
}

static void whose_words(void **state)
{
    const struct {
        const char *tag, *language, *yes, *no, *cancel;
        bool right_to_left;
    } rows[] = {
        {"en", "en", "Yes", "Nope", "Cancel", false},
        {"en-GB", "en-GB", "Yes", "Nope", "Cancel", false},
        {"de", "de", "Jawohl", "Nein", "Abbrechen", false},
        {"de-AT", "de-AT", "Jawohl", "Na", "Abbrechen", false}, /* what is no text is passed over */
        {"DE", "DE", "Ja", "Nein", "Abbrechen", false},
        {"xx", "xx", "Xes", "Nope", "Cancel", false},
        {"xx-YY", "xx-YY", "Xes", "Nope", "Cancel", false},
        {"he", "he", "Yes", "Nope", "Cancel", true},
        {"fa", "en", "Yes", "Nope", "Cancel", false}, /* the words are English: so is the page */
        {"zz", "en", "Yes", "Nope", "Cancel", false},
        {"", "en", "Yes", "Nope", "Cancel", false},
    };
    fixture f = begin();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        page_words w;
        page_words_make(text_of(rows[i].tag), f.texts, &w);
        if (!text_is(w.language, rows[i].language) || w.right_to_left != rows[i].right_to_left ||
            !text_is(page_words_find(&w, OST_TEXT("doYes")), rows[i].yes) ||
            !text_is(page_words_find(&w, OST_TEXT("doNo")), rows[i].no) ||
            !text_is(page_words_find(&w, OST_TEXT("doCancel")), rows[i].cancel))
            fail_msg("%s", rows[i].tag);
    }
    ost_arena_free(f.arena);
}

static void said(void **state)
{
    const ost_text value = OST_TEXT("this");
    fixture f = begin();
    page_words w;
    (void)state;
    page_words_make(OST_TEXT("de"), f.texts, &w);
    assert_true(
        text_is(page_words_say(&w, "signedInAs", &value, 1, f.arena), "Angemeldet als this"));
    assert_true(text_is(page_words_say(&w, "own", &value, 1, f.arena), "this only"));
    assert_true(text_is(page_words_say(&w, "nobody", NULL, 0, f.arena), "nobody"));
    assert_null(page_words_find(&w, OST_TEXT("nobody")).data);
    ost_arena_free(f.arena);
}

static void translated(void **state)
{
    const struct {
        const char *english, *german;
    } rows[] = {
        {"", ""},
        {"Invalid username or password.", "Benutzername oder Passwort ist falsch."},
        {"Passwords don't match.", "Die Passwörter stimmen nicht überein."},
        {"Invalid parameter: redirect_uri", "Ein Parameter ist ungültig: redirect_uri"},
        {"Client not found.", "Die Anwendung ist unbekannt."},
        {"Client not found: no such host.", "Die Anwendung ist unbekannt: no such host."},
        {"Invalid password: minimum length 12.",
         "Das Passwort ist zu kurz: Es braucht mindestens 12 Zeichen."},
        {"Something that is nowhere", "Something that is nowhere"},
    };
    fixture f = begin();
    page_words w;
    (void)state;
    page_words_make(OST_TEXT("de"), f.texts, &w);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ost_text made = page_words_translate(&w, text_of(rows[i].english), f.arena);
        if (!text_is(made, rows[i].german))
            fail_msg("%s: %.*s", rows[i].english, OST_FORMAT(made));
    }
    ost_arena_free(f.arena);
}

static void resolved(void **state)
{
    fixture f = begin();
    page_words w;
    (void)state;
    page_words_make(OST_TEXT("de"), f.texts, &w);
    assert_true(text_is(page_words_resolve(&w, OST_TEXT("${client_account}"), f.arena), "Konto"));
    assert_true(text_is(page_words_resolve(&w, OST_TEXT("${nobody}"), f.arena), "${nobody}"));
    assert_true(
        text_is(page_words_resolve(&w, OST_TEXT("client_account"), f.arena), "client_account"));
    assert_true(text_is(page_words_resolve(&w, OST_TEXT("${}"), f.arena), "${}"));
    assert_true(text_is(page_words_resolve(&w, OST_TEXT("${"), f.arena), "${"));
    ost_arena_free(f.arena);
}

static void names_of_languages(void **state)
{
    fixture f = begin();
    page_words w;
    (void)state;
    page_words_make(OST_TEXT("de"), f.texts, &w);
    assert_true(text_is(page_words_language_name(OST_TEXT("de"), &w, f.arena), "Deutsch"));
    assert_true(text_is(page_words_language_name(OST_TEXT("de-AT"), &w, f.arena), "Deutsch (AT)"));
    assert_true(text_is(page_words_language_name(OST_TEXT("en"), &w, f.arena), "Anglisch"));
    assert_true(text_is(page_words_language_name(OST_TEXT("zz"), &w, f.arena), "zz"));
    ost_arena_free(f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whose_words),        cmocka_unit_test(said),
        cmocka_unit_test(translated),         cmocka_unit_test(resolved),
        cmocka_unit_test(names_of_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
