/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the test vectors of $OSTIARY_VECTORS, or of ../shared/vectors beside the project, for the
 * tests of this folder. */
#ifndef VECTORS_H
#define VECTORS_H

#include <ostiary/json.h>

/* The document at `path` within the vectors. NULL when there is no folder of vectors: the reason
 * has been printed, and the caller skips. A folder that lacks the document is a failure. */
const ost_json *vectors_read(ost_arena *arena, const char *path);

/* A member that must be there, and a string. */
ost_text vectors_text(const ost_json *object, const char *name);

#endif
