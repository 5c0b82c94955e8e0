/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of realm files, which are Java's (java.util.regex). */
#ifndef JAVA_PATTERN_H
#define JAVA_PATTERN_H

#include <ostiary/types.h>

#define JAVA_PATTERN_MAX 1024 /* bytes of a pattern, and of what it is held against */

/* Whether the whole text matches, as Matcher.matches() says. OST_E_NOT_FOUND: it does not.
 * OST_E_FORMAT: that cannot be told; the pattern is none, or has something that PCRE2 might read
 * otherwise than Java does, or text or pattern is too long or no UTF-8, or the search takes too
 * many steps. OST_E_MEMORY. Any thread. */
OST_MUST_CHECK ost_result java_pattern_match(ost_text pattern, ost_text text);

#endif
