/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies as requests and answers spell them (RFC 6265); see <ostiary/login.h>. */
#include <ostiary/login.h>

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "login/login_cookies.h"
#include "login/login_place.h"

/* At most so many pairs are there. */
static size_t count_room(const ost_text *fields, size_t count)
{
    size_t room = 0;
    for (size_t i = 0; i < count && room < OST_LOGIN_PAIRS; i++)
        room += text_count(fields[i], ';') + 1;
    return room < OST_LOGIN_PAIRS ? room : OST_LOGIN_PAIRS;
}

static bool add_pair(ost_text piece, ost_login_pair *pairs, size_t *count)
{
    ost_text pair = text_trim(piece);
    size_t equals = text_find(pair, '=', 0);
    if (equals == pair.len || equals == 0)
        return true;
    if (*count == OST_LOGIN_PAIRS)
        return false;
    pairs[(*count)++] = (ost_login_pair){
        .name = text_slice(pair, 0, equals),
        .value = text_slice(pair, equals + 1, pair.len),
    };
    return true;
}

ost_result ost_login_jar_read(const ost_text *fields, size_t count, ost_arena *arena,
                              ost_login_jar *ret_jar)
{
    if ((fields == NULL && count > 0) || count > OST_LOGIN_PAIRS || arena == NULL ||
        ret_jar == NULL)
        return OST_E_ARGUMENT;
    if (count == 0) {
        *ret_jar = (ost_login_jar){0};
        return OST_OK;
    }
    ost_login_pair *pairs = ost_arena_alloc(arena, count_room(fields, count) * sizeof *pairs);
    if (pairs == NULL)
        return OST_E_MEMORY;
    size_t found = 0;
    bool room = true;
    for (size_t i = 0; i < count && room; i++) {
        for (ost_text rest = fields[i], piece; room && text_next(&rest, ';', &piece);)
            room = add_pair(piece, pairs, &found);
    }
    *ret_jar = (ost_login_jar){pairs, found};
    return OST_OK;
}

/* Only a session's cookie is ever for a domain, and then its name says so. */
static const char *domain_attribute(const ost_login_cookie *cookie, const login_place *place,
                                    ost_arena *arena)
{
    if (place->domain.len == 0 || !text_starts(cookie->name, LOGIN_DOMAIN_PREFIX))
        return "";
    return ost_arena_format(arena, "; Domain=%.*s", OST_FORMAT(place->domain));
}

ost_result login_set_cookie(const ost_login_cookie *cookie, const login_place *place,
                            ost_arena *arena, ost_text *ret_field)
{
    if (cookie == NULL || place->base.data == NULL || arena == NULL || ret_field == NULL)
        return OST_E_ARGUMENT;
    const char *secure = text_starts(place->base, "https://") ? "; Secure" : "";
    const char *domain = domain_attribute(cookie, place, arena);
    char age[40] = "";
    if (cookie->max_age >= 0)
        snprintf(age, sizeof age, "; Max-Age=%" PRId64, cookie->max_age);
    if (domain == NULL)
        return OST_E_MEMORY;
    const char *field =
        ost_arena_format(arena, "%.*s=%.*s; Path=/%s; HttpOnly; SameSite=Lax%s%s",
                         OST_FORMAT(cookie->name), OST_FORMAT(cookie->value), domain, secure, age);
    if (field == NULL)
        return OST_E_MEMORY;
    *ret_field = text_of(field);
    return OST_OK;
}

ost_result ost_login_set_cookie(const ost_login_cookie *cookie, ost_text base, ost_arena *arena,
                                ost_text *ret_field)
{
    const login_place place = login_place_of(base);
    return login_set_cookie(cookie, &place, arena, ret_field);
}
