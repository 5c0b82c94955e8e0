/* SPDX-License-Identifier: Apache-2.0 */
/* What the objects of a partial import name, or ought to: Keycloak takes none of it where that is
 * not there. */
#ifndef PARTIAL_NAMES_H
#define PARTIAL_NAMES_H

#include "provider/transfer/partial_import.h"

/* Why the body cannot be imported, in the arena of the call, in Keycloak's words where it has some;
 * NULL: it can. */
const char *partial_names_fault(partial_import *import);

#endif
