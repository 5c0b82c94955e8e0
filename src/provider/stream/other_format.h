/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are no realm files, told by what they are: by their first bytes, or by their members.
 */
#ifndef OTHER_FORMAT_H
#define OTHER_FORMAT_H

#include "provider/stream/piece_reader.h"

/* A sentence of what it is and what to do; NULL: it may be JSON in UTF-8. */
const char *realm_other_format(byte_source source);

/* The same of an object that has no realm's name; NULL: it may be meant as a realm. */
const char *realm_other_object(const ost_json *object);

#endif
