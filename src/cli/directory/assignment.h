/* SPDX-License-Identifier: Apache-2.0 */
/* "NAME=VALUE" on a command line: whether anything is called so. */
#ifndef ASSIGNMENT_H
#define ASSIGNMENT_H

#include <ostiary/json.h>

struct member_kind;

/* Looks at the name of one assignment to an object of the kind. A member that is in no table and
 * not in the object is most likely misspelt: OST_E_ARGUMENT with the nearest name, and if
 * `lenient`, as of a server that may know more, told on standard error alone. Attributes may have
 * any name: one that misses a known one by a letter or two is told, never refused. What is no
 * assignment at all is left to who reads it. */
OST_MUST_CHECK ost_result assignment_check(const struct member_kind *kind, const ost_json *object,
                                           ost_text assignment, bool lenient, ost_error *error);

#endif
