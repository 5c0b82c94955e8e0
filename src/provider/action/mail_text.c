/* SPDX-License-Identifier: Apache-2.0 */
/* The words of mails; see mail_text.h. */
#include "provider/action/mail_text.h"

#include "base/array.h"
#include "base/buffer.h"
#include "base/text.h"
#include "page/page_fill.h"
#include "provider/login/realm_language.h"

#define MAX_PARAGRAPHS 40
#define MAX_BODY ((size_t)128 << 10)
#define VALUES 6

extern const unsigned char mail_html[];
extern const size_t mail_html_len;

void mail_text_words(const realm *r, const ost_json *user, const char *tag, page_words *ret)
{
    ost_text own = {0};
    (void)!ost_json_text(ost_json_first(ost_json_get(ost_json_get(user, "attributes"), "locale")),
                         &own);
    const char *chosen = realm_language_match(r, own);
    if (chosen == NULL)
        chosen = tag != NULL ? tag : r->default_locale;
    page_words_make(chosen != NULL ? text_of(chosen) : OST_TEXT("en"),
                    ost_json_get(r->document, "localizationTexts"), ret);
}

/* ---- values ---- */

static ost_text say(const page_words *words, const char *key, ost_text value, ost_arena *arena)
{
    return page_words_say(words, key, &value, 1, arena);
}

/* In the largest unit that it is a whole number of. */
static ost_text duration(const mail_text *m, ost_arena *arena)
{
    static const struct {
        int64_t seconds;
        const char *key;
    } units[] = {{86400, "durationDays"}, {3600, "durationHours"}, {60, "durationMinutes"}};
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(units) &&
           (m->lifespan < units[i].seconds || m->lifespan % units[i].seconds != 0))
        i++;
    const char *number =
        ost_arena_format(arena, "%lld", (long long)(m->lifespan / units[i].seconds));
    return number != NULL ? say(m->words, units[i].key, text_of(number), arena) : (ost_text){0};
}

ost_text mail_text_actions(const page_words *words, ost_text actions, ost_arena *arena)
{
    ost_text alias;
    const char *list = "";
    while (list != NULL && text_next(&actions, ' ', &alias)) {
        const char *key = ost_arena_format(arena, "requiredAction.%.*s", OST_FORMAT(alias));
        ost_text name = key != NULL ? page_words_find(words, text_of(key)) : (ost_text){0};
        if (name.data == NULL)
            name = alias;
        list =
            ost_arena_format(arena, "%s%s%.*s", list, *list != '\0' ? ", " : "", OST_FORMAT(name));
    }
    return text_of(list);
}

/* ---- the bodies ---- */

/* A line that is the link leads there. */
static size_t split(const mail_text *m, ost_text text, page_row rows[MAX_PARAGRAPHS])
{
    size_t count = 0;
    ost_text line;
    while (count < MAX_PARAGRAPHS && text_next(&text, '\n', &line)) {
        line = text_trim_lines(line);
        if (line.len == 0)
            continue;
        bool leads = m->link.len > 0 && text_equal(line, m->link);
        rows[count++] = (page_row){{{leads ? PAGE_ROW_PATH : PAGE_ROW_VALUE, line}}};
    }
    return count;
}

static ost_result write_html(const mail_text *m, ost_arena *arena, mail_message *message)
{
    const realm *r = m->realm;
    page_row rows[MAX_PARAGRAPHS];
    page p = {.words = m->words, .rows = rows, .row_count = split(m, message->text, rows)};
    buffer_auto buffer b = {0};
    buffer_init(&b, MAX_BODY);
    p.values[PAGE_LANGUAGE] = m->words->language;
    p.values[PAGE_RIGHT_TO_LEFT] = m->words->right_to_left ? OST_TEXT("1") : (ost_text){0};
    p.values[PAGE_TITLE] = message->subject;
    p.values[PAGE_SITE] = text_of(r->display_name != NULL ? r->display_name : r->name);
    ost_result result =
        page_fill_template((ost_text){(const char *)mail_html, mail_html_len}, &p, arena, &b);
    if (result == OST_OK)
        result = b.failed;
    const char *copy = result == OST_OK ? ost_arena_copy(arena, buffer_text(&b)) : NULL;
    if (result == OST_OK && copy == NULL)
        result = OST_E_MEMORY;
    if (result == OST_OK)
        message->html = (ost_text){copy, b.len};
    return result;
}

/* In the order of Keycloak's, so that what realms have written for it fits. */
static size_t list_values(const mail_text *m, ost_arena *arena, ost_text values[VALUES])
{
    const realm *r = m->realm;
    ost_text site = text_of(r->display_name != NULL ? r->display_name : r->name);
    ost_text minutes = text_of(ost_arena_format(arena, "%lld", (long long)(m->lifespan / 60)));
    size_t count = 0;
    if (m->kind == MAIL_LINK) {
        values[count++] = m->provider;
        values[count++] = site;
        values[count++] = m->account;
        values[count++] = m->link;
        values[count++] = minutes;
    } else {
        values[count++] = m->link;
        values[count++] = minutes;
        values[count++] = site;
        if (m->kind == MAIL_EXECUTE)
            values[count++] = mail_text_actions(m->words, m->actions, arena);
    }
    values[count++] = duration(m, arena);
    return count;
}

ost_result mail_text_write(const mail_text *m, ost_arena *arena, mail_message *message)
{
    static const char *const keys[MAIL_KINDS][2] = {
        [MAIL_TEST] = {"emailTestSubject", "emailTestBody"},
        [MAIL_EXECUTE] = {"executeActionsSubject", "executeActionsBody"},
        [MAIL_VERIFY] = {"emailVerificationSubject", "emailVerificationBody"},
        [MAIL_RESET] = {"passwordResetSubject", "passwordResetBody"},
        [MAIL_LINK] = {"identityProviderLinkSubject", "identityProviderLinkBody"},
    };
    ost_text values[VALUES];
    size_t count = list_values(m, arena, values);
    bool links = m->kind == MAIL_LINK;
    message->subject = page_words_say(m->words, keys[m->kind][0], values, links ? 1 : 0, arena);
    message->text = page_words_say(m->words, keys[m->kind][1], values, count, arena);
    if (message->subject.data == NULL || message->text.data == NULL)
        return OST_E_MEMORY;
    return write_html(m, arena, message);
}
