/* SPDX-License-Identifier: Apache-2.0 */
/* Which texts may stand within which others: of every three bytes that follow each other a few bits
 * are set. A text stands within another one only if that has all the bits of it; most of those that
 * have them do. */
#ifndef USER_GRAM_H
#define USER_GRAM_H

#include <stdint.h>

#include "store/search/user_query.h"

#define GRAM_BITS 1024
#define GRAM_EACH 3     /* bits of three bytes */
#define GRAM_WANTED 18U /* that a query looks at: of six times three bytes */

typedef struct gram_bits {
    uint64_t words[GRAM_BITS / 64];
} gram_bits;

/* Of all lines of a text; none is of two of them. */
void user_gram_bits(ost_text text, gram_bits *ret_bits);

/* The bits that all have whom the query's words fit; how many, 0: none is known. */
size_t user_gram_wanted(const store_user_query *query, uint16_t ret_bits[GRAM_WANTED]);

/* The longest text that stands within all whom the query's words fit; empty: there is none. */
ost_text user_gram_literal(const store_user_query *query);

#endif
