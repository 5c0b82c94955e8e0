/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of pages, which realms may bring, and the languages that browsers ask for: a message
 * that fits a text makes that text of the values found; of a list of languages only the realm's own
 * come out. The first line is a message, or tags. */
#include <stdlib.h>

#include "base/text.h"
#include "page/message.h"
#include "provider/login/realm_language.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const locales[] = {"en", "de", "de-AT", "pt-BR", NULL};

static void require_own(const char *found)
{
    for (size_t i = 0; found != NULL; i++) {
        if (locales[i] == NULL)
            abort();
        if (locales[i] == found)
            return;
    }
}

static bool has_value_twice(ost_text pattern)
{
    message m = {.rest = pattern};
    message_piece piece;
    unsigned seen = 0;
    while (message_next(&m, &piece)) {
        if (piece.is_value && (seen & (1U << piece.value)) != 0)
            return true;
        if (piece.is_value)
            seen |= 1U << piece.value;
    }
    return false;
}

static void check_message(ost_text pattern, ost_text text)
{
    ost_text values[MESSAGE_VALUES] = {0};
    ost_arena *arena = ost_arena_new(1 << 20);
    if (arena == NULL)
        return;
    if (message_fits(pattern, text, values) && !has_value_twice(pattern)) {
        ost_text again = message_format(pattern, values, MESSAGE_VALUES, arena);
        if (again.data != NULL && !text_equal(again, text))
            abort();
    }
    ost_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const realm r = {.locales = locales};
    ost_text all = text_of_bytes(data, size);
    size_t end = text_find(all, '\n', 0);
    ost_text line = text_slice(all, 0, end);
    check_message(line, text_slice(all, end + 1, size));
    require_own(realm_language_match(&r, line));
    require_own(realm_language_accepted(&r, line));
    return 0;
}
