/* SPDX-License-Identifier: Apache-2.0 */
/* Where a mapper of an identity provider finds a claim, and what it makes of several. Texts of
 * administrators' on both sides: nothing of a claim is ever read as a path or a template. */
#ifndef CLAIM_PATH_H
#define CLAIM_PATH_H

#include <ostiary/json.h>

#define CLAIM_PATH_DEPTH 16
#define NAME_TEMPLATE_MAX ((size_t)1024) /* bytes of what comes of one */

/* "a.b" is the member b of a; "a\.b" one that is called "a.b". NULL: there is none, the path is
 * empty or deeper, or memory is out. */
const ost_json *claim_path_find(const ost_json *document, ost_text path, ost_arena *arena);

/* A template with what `value` says in the place of each "${NAME}", or "${NAME | CHANGE}", where
 * CHANGE is lowercase, uppercase (of ASCII letters) or localpart, what stands before an "@".
 * OST_E_CEILING, OST_E_MEMORY. */
OST_MUST_CHECK ost_result name_template_fill(ost_text template,
                                             ost_text (*value)(void *user, ost_text name),
                                             void *user, ost_arena *arena, ost_text *ret_text);

#endif
