/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a challenge; see challenge.h. */
#include "guard/challenge.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static bool put(challenge *c, char byte)
{
    if (c->len == sizeof c->text)
        return false;
    c->text[c->len++] = byte;
    return true;
}

static bool put_string(challenge *c, const char *string)
{
    bool fits = true;
    while (*string != '\0' && fits)
        fits = put(c, *string++);
    return fits;
}

static bool put_character(challenge *c, char byte, bool plain)
{
    unsigned char code = (unsigned char)byte;
    if (code < 0x20 || code > 0x7e)
        return put(c, '?');
    if (byte != '"' && byte != '\\')
        return put(c, byte);
    return plain ? put(c, '\'') : put(c, '\\') && put(c, byte);
}

static bool put_text(challenge *c, ost_text text, bool plain)
{
    bool fits = true;
    for (size_t i = 0; i < text.len && fits; i++)
        fits = put_character(c, text.data[i], plain);
    return fits;
}

/* The first parameter follows the scheme, the others a comma. */
static bool put_name(challenge *c, const char *name)
{
    return put_string(c, c->bare ? " " : ", ") && put_string(c, name) && put(c, '=');
}

static void settle(challenge *c, size_t before, bool fits)
{
    if (fits)
        c->bare = false;
    else
        c->len = before;
}

static void add(challenge *c, const char *name, ost_text value, bool plain)
{
    size_t before = c->len;
    settle(c, before, put_name(c, name) && put(c, '"') && put_text(c, value, plain) && put(c, '"'));
}

void challenge_begin(challenge *c, const char *realm)
{
    challenge_clear(c);
    challenge_scheme(c, "Bearer", realm);
}

void challenge_clear(challenge *c)
{
    c->len = 0;
    c->bare = false;
}

void challenge_scheme(challenge *c, const char *scheme, const char *realm)
{
    size_t before = c->len;
    if (!put_string(c, before > 0 ? ", " : "") || !put_string(c, scheme)) {
        c->len = before;
        return;
    }
    c->bare = true;
    challenge_add(c, "realm", text_of(realm));
}

void challenge_add(challenge *c, const char *name, ost_text value)
{
    add(c, name, value, false);
}

void challenge_add_plain(challenge *c, const char *name, ost_text value)
{
    add(c, name, value, true);
}

void challenge_add_list(challenge *c, const char *name, const char *const *list)
{
    size_t before = c->len;
    if (list == NULL || list[0] == NULL)
        return;
    bool fits = put_name(c, name) && put(c, '"');
    for (size_t i = 0; fits && list[i] != NULL; i++)
        fits = (i == 0 || put(c, ' ')) && put_text(c, text_of(list[i]), true);
    settle(c, before, fits && put(c, '"'));
}

void challenge_add_number(challenge *c, const char *name, unsigned value)
{
    char digits[16];
    size_t before = c->len;
    snprintf(digits, sizeof digits, "%u", value);
    settle(c, before, put_name(c, name) && put(c, '"') && put_string(c, digits) && put(c, '"'));
}

ost_text challenge_end(const challenge *c, ost_arena *arena, ost_text fallback)
{
    char *copy = ost_arena_copy(arena, (ost_text){c->text, c->len});
    return copy != NULL ? (ost_text){copy, c->len} : fallback;
}
