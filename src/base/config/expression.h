/* SPDX-License-Identifier: Apache-2.0 */
/* Environment variables in values of a config file, as Keycloak has them: ${NAME}, and
 * ${NAME:otherwise} for one that is not set, whatever stands in "otherwise". "$$" is a dollar sign,
 * and so is one that no brace follows. */
#ifndef EXPRESSION_H
#define EXPRESSION_H

#include <ostiary/types.h>

#define EXPRESSION_MAX 16384 /* bytes that a value may come to */
#define EXPRESSION_DEPTH 8   /* expressions within expressions */

/* The value with its expressions replaced, in the arena. What a variable holds is taken as it is.
 * OST_E_FORMAT: a brace that is not closed, or an empty name; OST_E_CEILING: too long or too deep;
 * OST_E_NOT_FOUND: a variable that is not set, and no text in its place. */
OST_MUST_CHECK ost_result expression_expand(ost_text value, ost_arena *arena, const char **ret_text,
                                            ost_error *error);

#endif
