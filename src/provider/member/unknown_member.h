/* SPDX-License-Identifier: Apache-2.0 */
/* Names in the body of a request that no table knows. Keycloak refuses them where it reads an
 * object into a class of its own, so that a misspelt setting is not lost in silence. */
#ifndef UNKNOWN_MEMBER_H
#define UNKNOWN_MEMBER_H

#include "provider/member/member.h"

/* Keycloak's words, in the arena, for the first member of the object (or of those in a list), or of
 * one within it, that it would not know; NULL: it knows all. What it passes over
 * (member_kind.representation) is passed over. */
const char *unknown_member_of(const ost_json *body, const member_kind *kind, ost_arena *arena);

/* Why the first text of an enumerated type within what is kept unread is none, or something there
 * is not built as Keycloak's classes are: it reads neither a file nor a body that has it. NULL: all
 * are. In the arena. */
const char *unknown_value_of(const ost_json *value, const struct kept_shape *shape,
                             ost_arena *arena);

/* Its words for a name that a class of it does not know. */
const char *unknown_member_words(const char *representation, ost_text name, ost_arena *arena);

/* unknown_member_words of the first member of an object that is not among `names` (separated by
 * '|'); NULL: all are, or it is no object. */
const char *unknown_member_beside(const ost_json *object, const char *representation,
                                  const char *names, ost_arena *arena);

#endif
