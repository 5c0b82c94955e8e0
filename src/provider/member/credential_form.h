/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a credential of a file can let anybody in here. */
#ifndef CREDENTIAL_FORM_H
#define CREDENTIAL_FORM_H

#include <ostiary/json.h>

/* Why the credential lets nobody in, whatever they type, told at the member of it that is to blame:
 * a hash that is not known, parameters that are not there. NULL: it can, or another member is to
 * blame, or it is of a type that is not known. A constant; the arena is for what is read. */
const char *credential_unfit(const ost_json *credential, const char *which, ost_arena *arena);

#endif
