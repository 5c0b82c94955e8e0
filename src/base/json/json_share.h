/* SPDX-License-Identifier: Apache-2.0 */
/* Values that differ from others in a part, and share the rest with them: nothing is read again. */
#ifndef JSON_SHARE_H
#define JSON_SHARE_H

#include <ostiary/json.h>

/* The object whose list `name` has `value` in the place of `old`, an element of it, or (`old` NULL)
 * at its end, or (`value` NULL) has lost `old`; where there is no list yet, one is added. Its text
 * has at most `ceiling` bytes. What it shares with `object` and `value`, and `name`, have to live
 * as long; how deep and how large it becomes is the caller's to bound. In the arena.
 * OST_E_ARGUMENT: the list has no such element, or is none; OST_E_CEILING, OST_E_MEMORY. */
OST_MUST_CHECK ost_result json_share_list(const ost_json *object, const char *name,
                                          const ost_json *old, const ost_json *value,
                                          size_t ceiling, ost_arena *arena,
                                          const ost_json **ret_object);

/* The same with members replaced, added, or (`value` NULL) taken out; no two have one name. */
typedef struct json_share_member {
    ost_text name;
    const ost_json *value;
} json_share_member;
OST_MUST_CHECK ost_result json_share_members(const ost_json *object,
                                             const json_share_member *members, size_t count,
                                             size_t ceiling, ost_arena *arena,
                                             const ost_json **ret_object);

#endif
