/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a realm's representation that its document need not have, written into an open object.
 */
#ifndef REALM_PART_H
#define REALM_PART_H

#include <ostiary/json.h>

/* What nobody has set, as it is then: see realm_unset.json. */
OST_MUST_CHECK ost_result realm_part_put_unset(ost_json_writer *writer, const ost_json *document,
                                               ost_arena *arena);

/* The role that everybody has, as "defaultRole". */
void realm_part_put_default_role(ost_json_writer *writer, const ost_json *document,
                                 ost_arena *arena);

#endif
