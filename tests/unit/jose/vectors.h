/* Reading the test vectors that lie beside the project ($OSTIARY_VECTORS), for the tests of this
 * folder. */
#ifndef VECTORS_H
#define VECTORS_H

#include <ostiary/json.h>

/* The document at `path` within the vectors. NULL when there are no vectors: the caller skips. */
const ost_json *vectors_read(ost_arena *arena, const char *path);

/* A member that must be there, and a string. */
ost_text vectors_text(const ost_json *object, const char *name);

#endif
