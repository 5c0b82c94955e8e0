/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are no JSON in UTF-8, told by what they are: by their first bytes. */
#ifndef OTHER_FORMAT_H
#define OTHER_FORMAT_H

#include <ostiary/types.h>

#define OTHER_FORMAT_BYTES 64 /* of the beginning, as many as are worth looking at */

/* A sentence of what it is and what to do; NULL: it may be JSON in UTF-8. */
const char *other_format(ost_text beginning);

#endif
