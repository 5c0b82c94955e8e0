/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of realm files, which are Java's. */
#ifndef JAVA_PATTERN_H
#define JAVA_PATTERN_H

#include <ostiary/types.h>

#define JAVA_PATTERN_MAX 1024 /* bytes of a pattern, and of what it is held against */

/* Whether the whole text matches. OST_E_NOT_FOUND: it does not. OST_E_FORMAT: that cannot be told;
 * the pattern is none, or one that Java reads otherwise than POSIX does, or something is too long
 * or has a NUL in it. */
OST_MUST_CHECK ost_result java_pattern_match(ost_text pattern, ost_text text);

#endif
