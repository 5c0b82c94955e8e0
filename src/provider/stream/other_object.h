/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that is no realm file, told by what it is: by its members. */
#ifndef OTHER_OBJECT_H
#define OTHER_OBJECT_H

#include <ostiary/json.h>

/* Of an object that has no realm's name: a sentence of what it is and what to do; NULL: it may be
 * meant as a realm. */
const char *realm_other_object(const ost_json *object);

#endif
