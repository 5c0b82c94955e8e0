/* SPDX-License-Identifier: Apache-2.0 */
/* Where a browser's session counts: at one origin, or at every host of a domain. The public
 * functions of <ostiary/login.h> are for programs of one origin; these are the same ones for those
 * that answer for several. */
#ifndef LOGIN_PLACE_H
#define LOGIN_PLACE_H

#include "base/text.h"
#include <ostiary/key.h>
#include <ostiary/login.h>

#define LOGIN_DOMAIN_MAX 100 /* bytes: name, value and attributes of a cookie fit 4,096 with it */

#define LOGIN_CLIENT_MAX 256 /* bytes of the id of a place's own client */

/* A client that signs in at the login's provider in the place of the login's own. */
typedef struct login_client {
    const char *id;            /* printable ASCII (RFC 6749 appendix A.1) */
    const char *secret;        /* NULL: it has none */
    const ost_key *key;        /* proves by signatures who it is (private_key_jwt); NULL: none */
    const char *redirect_path; /* where the provider sends browsers back to */
} login_client;

/* Whether it can be a client's: *VSCHAR (RFC 6749 appendix A.1), of LOGIN_CLIENT_MAX bytes. */
bool login_client_id_is_good(ost_text id);

/* All texts live as long as what they are given to. */
typedef struct login_place {
    ost_text base;   /* the origin that the browser sees */
    ost_text domain; /* not empty: the session's cookies go to every host of this domain, which is
                        the origin's host or has it below; https only */
    bool everywhere; /* sessions of other origins with this secret count here, too: the program has
                        one origin, by whatever name */
    const char *scope, *resource; /* what logins here ask for; NULL: as the login is configured */
    const login_client *client;   /* NULL: the login's own */
} login_place;

static inline bool login_base_is_secure(ost_text base)
{
    return text_starts(base, "https://");
}

/* Callers hand over origins; what is none would end in cookies and redirects that go nowhere. */
static inline bool login_base_is_origin(ost_text base)
{
    size_t scheme = text_starts(base, "https://") ? 8 : text_starts(base, "http://") ? 7 : 0;
    return scheme > 0 && base.len > scheme &&
           text_find(text_slice(base, scheme, base.len), '/', 0) == base.len - scheme;
}

/* One of a program of one origin. */
static inline login_place login_place_of(ost_text base)
{
    return (login_place){.base = base, .everywhere = true};
}

/* False: the base is no origin, or the domain is not one of it. */
bool login_place_is_good(const login_place *place);

/* The name of the session's first cookie: NAME or __Host-NAME, with the port where that is not the
 * scheme's own, since browsers send cookies to every port; __Secure-NAME-DOMAIN for a domain. NULL
 * data: out of memory. */
ost_text login_place_cookie(const login_place *place, const char *name, ost_arena *arena);

/* The same for what never leaves the host: logins under way, the mark of one that has ended. */
ost_text login_place_host_cookie(const login_place *place, const char *name, ost_arena *arena);

/* What the session is sealed for, besides the secret: the cookie of that name, the origin, and the
 * client where the place has one of its own. */
ost_text login_place_bound(const login_place *place, ost_text cookie, ost_arena *arena);

/* The same for a login under way, whose cookie has that name. */
ost_text login_place_begun(const login_place *place, ost_text cookie, ost_arena *arena);

/* See the functions of these names in <ostiary/login.h>. Two cookies of one name for a domain are
 * no session: a host beside this one has set one of them. */
OST_MUST_CHECK ost_result login_open(const ost_login *login, const login_place *place,
                                     const ost_login_jar *jar, ost_arena *arena,
                                     ost_login_session *ret_session);
OST_MUST_CHECK ost_result login_begin(ost_login *login, const login_place *place, ost_text wanted,
                                      const ost_login_demand *demand, const ost_login_jar *jar,
                                      ost_arena *arena, ost_login_step *ret_step);
OST_MUST_CHECK ost_result login_finish(ost_login *login, const login_place *place, ost_text query,
                                       const ost_login_jar *jar, ost_login_done done, void *user,
                                       ost_error *error);
OST_MUST_CHECK ost_result login_refresh(ost_login *login, const login_place *place,
                                        const ost_login_session *session, const ost_login_jar *jar,
                                        ost_login_done done, void *user, ost_error *error);
OST_MUST_CHECK ost_result login_end(ost_login *login, const login_place *place,
                                    const ost_login_session *session, const ost_login_jar *jar,
                                    ost_arena *arena, ost_login_step *ret_step);
OST_MUST_CHECK ost_result login_set_cookie(const ost_login_cookie *cookie, const login_place *place,
                                           ost_arena *arena, ost_text *ret_field);

#endif
