/* SPDX-License-Identifier: Apache-2.0 */
/* Where a realm's document names its client scopes. */
#ifndef SCOPE_NAME_H
#define SCOPE_NAME_H

#include <ostiary/json.h>

/* The realm's document with a scope called `name` wherever `old` is named: lists of clients and of
 * the realm, and scope mappings. `name` empty: it is named no more, and its mappings are gone. The
 * scope itself stays as it is. */
OST_MUST_CHECK ost_result scope_name_replace(const ost_json *document, ost_text old, ost_text name,
                                             ost_arena *arena, const ost_json **ret_document);

#endif
