/* SPDX-License-Identifier: Apache-2.0 */
/* Reads which header fields tell the application who asks. */
#ifndef GATE_FIELDS_READ_H
#define GATE_FIELDS_READ_H

#include "gate/gate_rules.h"

/* Fills the fields of the rules from "headers"; NULL: the usual ones. OST_E_CONFIG with a sentence
 * that names the place; OST_E_MEMORY. */
OST_MUST_CHECK ost_result gate_fields_read(const ost_json *value, ost_arena *arena,
                                           gate_rules *rules, ost_error *error);

#endif
