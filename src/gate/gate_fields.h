/* SPDX-License-Identifier: Apache-2.0 */
/* What the application is told of who asks: the values of header fields. Every field is there in
 * every answer, also empty: what a proxy does not get, some of them leave as the client sent it. */
#ifndef GATE_FIELDS_H
#define GATE_FIELDS_H

#include "gate/gate_rules.h"

#define GATE_FIELD_MAX ((size_t)4 << 10) /* bytes of one value */

/* The value for this identity, in the arena; empty when the token does not say it, and for NULL.
 *
 * One value: as it is, in UTF-8. OST_E_FORMAT, with a sentence: it holds a control character or a
 * comma, or begins or ends with a blank, and another value might be read out of it. `encoded` ones
 * are percent-encoded as a whole instead.
 * Several: with commas between them (scopes: blanks), each with '%', separators, blanks, quotation
 * marks, backslashes and control characters percent-encoded. Roles of clients are "client:role",
 * and a colon that is part of a name is encoded too. OST_E_CEILING: too long; OST_E_MEMORY. */
OST_MUST_CHECK ost_result gate_fields_value(const gate_field *field, const ost_identity *identity,
                                            ost_arena *arena, ost_text *ret_value,
                                            ost_error *error);

#endif
