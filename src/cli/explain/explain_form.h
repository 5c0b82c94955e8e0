/* SPDX-License-Identifier: Apache-2.0 */
/* What people send in the place of a token: the mistakes of copying, of clients and of scripts. */
#ifndef EXPLAIN_FORM_H
#define EXPLAIN_FORM_H

#include <ostiary/types.h>

typedef struct explain_mistake {
    ost_text seen;   /* what stands there; nothing of the token itself */
    ost_text advice; /* how to mend it */
} explain_mistake;

/* The mistake in what cannot be read as a signed token; `seen` is empty when it is none of those
 * that are known. */
explain_mistake explain_form(ost_text token);

#endif
