/* SPDX-License-Identifier: Apache-2.0 */
/* Splits, joins and names the login's cookies; see login_cookies.h. The first piece begins with the
 * number of pieces and a dot. Pieces of two sessions that get mixed fail to open as a whole. */
#include "login/login_cookies.h"

#include <string.h>

#include "base/text.h"

ost_text login_cookies_name(ost_arena *arena, const char *name, bool secure)
{
    return text_of(ost_arena_format(arena, "%s%s", secure ? "__Host-" : "", name));
}

ost_text login_cookies_nth(const ost_login_jar *jar, ost_text name, size_t index)
{
    for (size_t i = 0; i < jar->count; i++) {
        if (text_equal(jar->pairs[i].name, name) && index-- == 0)
            return jar->pairs[i].value;
    }
    return (ost_text){0};
}

ost_text login_cookies_get(const ost_login_jar *jar, ost_text name)
{
    return login_cookies_nth(jar, name, 0);
}

/* *fresh: there is one that no choice before this one had. */
static ost_text choose(const ost_login_jar *jar, ost_text name, size_t choice, bool *fresh)
{
    ost_text value = login_cookies_nth(jar, name, choice);
    *fresh = *fresh || value.data != NULL;
    for (size_t at = choice; value.data == NULL && at > 0; at--)
        value = login_cookies_nth(jar, name, at - 1);
    return value;
}

ost_result login_cookies_add(ost_login_step *step, ost_text name, ost_text value, int64_t max_age)
{
    if (name.data == NULL)
        return OST_E_MEMORY;
    if (step->cookie_count == OST_LOGIN_COOKIES)
        return OST_E_CEILING;
    step->cookies[step->cookie_count++] = (ost_login_cookie){name, value, max_age};
    return OST_OK;
}

static size_t read_count(ost_text first)
{
    bool good = first.len >= 2 && first.data[0] >= '1' && first.data[0] <= '0' + LOGIN_PIECES &&
                first.data[1] == '.';
    return good ? (size_t)(first.data[0] - '0') : 0;
}

/* The first piece bears the plain name, the others a number behind it. */
static ost_text piece_name(ost_arena *arena, ost_text name, size_t index)
{
    if (index == 0)
        return name;
    return text_of(ost_arena_format(arena, "%.*s-%zu", (int)name.len, name.data, index));
}

bool login_cookies_repeat(const ost_login_jar *jar, ost_text name, ost_arena *arena)
{
    for (size_t i = 0; i < LOGIN_PIECES; i++) {
        ost_text piece = piece_name(arena, name, i);
        if (piece.data == NULL || login_cookies_nth(jar, piece, 1).data != NULL)
            return true;
    }
    return false;
}

static ost_result join_pieces(const ost_text *pieces, size_t count, ost_arena *arena,
                              ost_text *ret_sealed)
{
    size_t len = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        len += pieces[i].len;
    char *sealed = ost_arena_alloc(arena, len + 1);
    if (sealed == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].len > 0)
            memcpy(sealed + at, pieces[i].data, pieces[i].len);
        at += pieces[i].len;
    }
    *ret_sealed = (ost_text){sealed, len};
    return OST_OK;
}

ost_result login_cookies_join(const ost_login_jar *jar, ost_text name, size_t choice,
                              ost_arena *arena, ost_text *ret_sealed)
{
    bool fresh = choice == 0, whole = true;
    ost_text pieces[LOGIN_PIECES], first = choose(jar, name, choice, &fresh);
    if (first.data == NULL)
        return OST_E_NOT_FOUND;
    size_t count = read_count(first);
    pieces[0] = text_slice(first, 2, first.len);
    for (size_t i = 1; i < count; i++) {
        ost_text number = piece_name(arena, name, i);
        if (number.data == NULL)
            return OST_E_MEMORY;
        pieces[i] = choose(jar, number, choice, &fresh);
        whole = whole && pieces[i].data != NULL;
    }
    if (!fresh)
        return OST_E_NOT_FOUND;
    if (count == 0 || !whole)
        return OST_E_FORMAT;
    if (count > 1)
        return join_pieces(pieces, count, arena, ret_sealed);
    *ret_sealed = pieces[0];
    return OST_OK;
}

/* Two characters of the first piece are the count's. */
static size_t pieces_for(size_t len)
{
    return len == 0 ? 0 : (len + 2 + LOGIN_PIECE_BYTES - 1) / LOGIN_PIECE_BYTES;
}

ost_result login_cookies_split(const ost_login_jar *jar, ost_text name, ost_text sealed,
                               ost_arena *arena, ost_login_step *step)
{
    size_t count = pieces_for(sealed.len);
    if (count > LOGIN_PIECES)
        return OST_E_CEILING;
    ost_result result = OST_OK;
    size_t at = 0;
    for (size_t i = 0; i < LOGIN_PIECES && result == OST_OK; i++) {
        ost_text number = piece_name(arena, name, i);
        if (i >= count) {
            if (login_cookies_get(jar, number).data != NULL)
                result = login_cookies_add(step, number, OST_TEXT(""), 0);
            continue;
        }
        ost_text piece = text_slice(sealed, at, LOGIN_PIECE_BYTES - (i == 0 ? 2 : 0));
        at += piece.len;
        if (i == 0)
            piece = text_of(ost_arena_format(arena, "%zu.%.*s", count, (int)piece.len, piece.data));
        result = piece.data != NULL ? login_cookies_add(step, number, piece, -1) : OST_E_MEMORY;
    }
    return result;
}

ost_text login_cookies_transaction(ost_arena *arena, ost_text name, ost_text state)
{
    return text_of(ost_arena_format(arena, "%.*s-login-%.*s", (int)name.len, name.data,
                                    (int)state.len, state.data));
}

static bool is_transaction(ost_text cookie, ost_text name)
{
    return cookie.len > name.len && text_equal(text_slice(cookie, 0, name.len), name) &&
           text_starts(text_slice(cookie, name.len, cookie.len), "-login-");
}

/* Browsers send older cookies first (RFC 6265 §5.4 step 2). */
ost_result login_cookies_prune(const ost_login_jar *jar, ost_text name, ost_login_step *step)
{
    size_t count = 0;
    for (size_t i = 0; i < jar->count; i++)
        count += is_transaction(jar->pairs[i].name, name);
    ost_result result = OST_OK;
    for (size_t i = 0; i < jar->count && count >= LOGIN_TRANSACTIONS && result == OST_OK; i++) {
        if (!is_transaction(jar->pairs[i].name, name))
            continue;
        if (step->cookie_count + 1 >= OST_LOGIN_COOKIES)
            break;
        result = login_cookies_add(step, jar->pairs[i].name, OST_TEXT(""), 0);
        count--;
    }
    return result;
}
