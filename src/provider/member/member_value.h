/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a member as its value, and what stands beside it, are. */
#ifndef MEMBER_VALUE_H
#define MEMBER_VALUE_H

#include "provider/member/member.h"

/* Beside its successor a member of an old layout has no effect. `m` may be NULL here and below. */
bool member_is_outdone(const ost_json *object, const member *m);

/* What has another unit, or no number, counts for nothing: a lifetime is then the usual one. */
bool member_is_unread(const ost_json *value, const member *m);

/* Of a value that does what it seems to say (member_unmet, member_stray). */
member_fate member_fate_of(const member_kind *kind, const ost_json *object, const ost_json *value,
                           const member *m);

#endif
