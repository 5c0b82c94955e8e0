/* SPDX-License-Identifier: Apache-2.0 */
/* A realm's document and a file that changes it, made into one. */
#ifndef DOCUMENT_MERGE_H
#define DOCUMENT_MERGE_H

#include <ostiary/json.h>

#include "provider/member/member.h"

typedef enum merge_mode {
    MERGE_REPLACE, /* the file's, with what a file may leave out and the realm must not lose: ids,
                      secrets, credentials of users, revocations ("notBefore") */
    MERGE_INTO,    /* the realm's; members that the file has count, at every depth, objects of lists
                      by their names; ids stay */
} merge_mode;

/* Objects of one kind, in either mode the later "notBefore", and for what an export has masked
 * ("**********") what it stood for. In the arena. OST_E_CEILING, OST_E_MEMORY. */
OST_MUST_CHECK ost_result document_merge(const ost_json *stored, const ost_json *file,
                                         const member_kind *kind, merge_mode mode, ost_arena *arena,
                                         const ost_json **ret_document);

#endif
