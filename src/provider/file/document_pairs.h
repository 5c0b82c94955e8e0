/* SPDX-License-Identifier: Apache-2.0 */
/* Two lists of one kind of object, compared: which of a file is which of the realm. */
#ifndef DOCUMENT_PAIRS_H
#define DOCUMENT_PAIRS_H

#include <ostiary/json.h>

#include "base/json/json_finder.h"
#include "provider/member/member.h"

/* Parallel arrays: an entry and its counterpart in the other list, or NULL. */
typedef struct document_pairs {
    const ost_json **stored, **over;  /* `over`: of the file */
    const ost_json **file, **beneath; /* `beneath`: of the realm */
    size_t stored_count, file_count;
} document_pairs;

/* Pairs have the same id, else the same name; what has no name is paired with what is the same. In
 * the arena. */
OST_MUST_CHECK ost_result document_pairs_find(const ost_json *stored, const ost_json *file,
                                              const member_kind *kind, ost_arena *arena,
                                              document_pairs *ret_pairs);

/* The name of an object of the kind; empty: such objects have none. */
ost_text document_name(const ost_json *object, const member_kind *kind);
bool document_has_name(const member_kind *kind);

/* True when both say the same, whatever the order of their members. `finder` may be NULL. */
bool document_same(const ost_json *a, const ost_json *b, json_finder *finder);

#endif
