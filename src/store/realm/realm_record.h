/* SPDX-License-Identifier: Apache-2.0 */
/* A realm as the store has it. */
#ifndef REALM_RECORD_H
#define REALM_RECORD_H

#include <ostiary/types.h>

typedef struct store_realm {
    ost_text id, name, document;
    int64_t version; /* grows with every change */
} store_realm;

#endif
