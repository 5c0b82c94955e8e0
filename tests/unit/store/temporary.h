/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of its own for the files of one test program. */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#include <stdbool.h>

/* The path of `name` in it; valid until the next call. Makes the folder when it is not there. */
const char *temporary_path(const char *name);

/* An empty store to open; valid until the next call. In memory, or where OSTIARY_TEST_POSTGRESQL is
 * the URL of a database, in a schema of this program there. */
const char *temporary_store(void);
bool with_postgresql(void); /* it is there */

/* Removes the folder with its files. */
void temporary_remove(void);

#endif
