/* SPDX-License-Identifier: Apache-2.0 */
/* ${NAME} in realm files: an environment variable, as Keycloak's import has it. */
#ifndef PLACEHOLDER_H
#define PLACEHOLDER_H

#include <ostiary/types.h>

/* Replaces ${NAME} by the variable's value and ${NAME:default} by the default where there is no
 * such variable; values are escaped for JSON strings. What names no variable and has no default
 * stays as it is: Keycloak's own texts look like that. In the arena. */
OST_MUST_CHECK ost_result placeholder_replace(ost_text text, ost_arena *arena, ost_text *ret_text);

#endif
