/* SPDX-License-Identifier: Apache-2.0 */
/* Members of an object as plain values, for those that may be absent. */
#ifndef JSON_MEMBER_H
#define JSON_MEMBER_H

#include <ostiary/json.h>

/* The member is `true`: false when it is absent, or anything else; also of NULL. */
bool json_true_of(const ost_json *object, const char *name);

/* The member's text: empty (data NULL) when it is absent, or no text; also of NULL. */
ost_text json_text_of(const ost_json *object, const char *name);

#endif
