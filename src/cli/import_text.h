/* SPDX-License-Identifier: Apache-2.0 */
/* What people are told of an import: the members of realm files that are not what they are at
 * Keycloak, one a line. */
#ifndef IMPORT_TEXT_H
#define IMPORT_TEXT_H

#include <stdio.h>

#include "provider/member/import_report.h"

/* True: there is something to tell. */
bool import_text_has(const import_report *report);

/* Writes it; `rest` is what has all of it, where the report has kept the first entries alone. */
void import_text_write(FILE *out, const import_report *report, const char *rest);

#endif
