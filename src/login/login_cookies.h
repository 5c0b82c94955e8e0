/* SPDX-License-Identifier: Apache-2.0 */
/* The names and the pieces of the login's cookies. A browser keeps at most 4,096 bytes in one
 * cookie (RFC 6265 §6.1), so a longer session is split; pieces that are no longer needed are
 * deleted, and the record of a login that was never finished is too, when there are many. */
#ifndef LOGIN_COOKIES_H
#define LOGIN_COOKIES_H

#include <ostiary/login.h>

#define LOGIN_PIECES 6           /* cookies of one session at most */
#define LOGIN_PIECE_BYTES 3800   /* of value in each; the name and attributes come on top */
#define LOGIN_TRANSACTIONS 8     /* unfinished logins that one browser may keep */
#define LOGIN_COOKIE_NAME_MAX 32 /* bytes of the configured name */

/* What the name of a cookie for a whole domain begins with: browsers take it over https alone. */
#define LOGIN_DOMAIN_PREFIX "__Secure-"

/* "NAME", or "__Host-NAME" over https, which no other host and no plain connection can set. */
ost_text login_cookies_name(ost_arena *arena, const char *name, bool secure);

/* The value of a cookie by name, the first one's; NULL data when absent. */
ost_text login_cookies_get(const ost_login_jar *jar, ost_text name);

/* Over plain http a neighbour host, another port or another path can leave a cookie of the same
 * name, which the browser may send first: so many are tried. This is the one at `index` of that
 * name. */
#define LOGIN_CHOICES 8
ost_text login_cookies_nth(const ost_login_jar *jar, ost_text name, size_t index);

/* Adds a cookie to the step; a ceiling of its own keeps it from overflowing. */
OST_MUST_CHECK ost_result login_cookies_add(ost_login_step *step, ost_text name, ost_text value,
                                            int64_t max_age);

/* True when one of the session's cookies is there twice. */
bool login_cookies_repeat(const ost_login_jar *jar, ost_text name, ost_arena *arena);

/* Puts together what the session's cookies hold: of each name the one at `choice`, or the last one
 * where there are fewer. OST_E_NOT_FOUND: no first piece, or no name has so many. OST_E_FORMAT: a
 * piece is missing, or there are too many. */
OST_MUST_CHECK ost_result login_cookies_join(const ost_login_jar *jar, ost_text name, size_t choice,
                                             ost_arena *arena, ost_text *ret_sealed);

/* Adds the pieces of `sealed` to the step, and deletes pieces that the browser has beyond them.
 * OST_E_CEILING: it takes more than LOGIN_PIECES. With an empty text everything is deleted. */
OST_MUST_CHECK ost_result login_cookies_split(const ost_login_jar *jar, ost_text name,
                                              ost_text sealed, ost_arena *arena,
                                              ost_login_step *step);

/* "NAME-login-STATE". */
ost_text login_cookies_transaction(ost_arena *arena, ost_text name, ost_text state);

/* Deletes the oldest unfinished logins, so that one more makes LOGIN_TRANSACTIONS at most. */
OST_MUST_CHECK ost_result login_cookies_prune(const ost_login_jar *jar, ost_text name,
                                              ost_login_step *step);

#endif
