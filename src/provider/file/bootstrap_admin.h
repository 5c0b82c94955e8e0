/* SPDX-License-Identifier: Apache-2.0 */
/* The first administrator of a new provider. */
#ifndef BOOTSTRAP_ADMIN_H
#define BOOTSTRAP_ADMIN_H

#include "store/store.h"

/* The first administrator: `username` in the realm "master", with the role "admin". Makes the realm
 * when it does not exist; does nothing when it does, so that a start repeats it harmlessly. */
OST_MUST_CHECK ost_result bootstrap_admin(store *store, ost_text username, ost_text password,
                                          const ost_context *context, ost_error *error);

#endif
