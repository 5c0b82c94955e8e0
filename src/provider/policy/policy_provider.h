/* SPDX-License-Identifier: Apache-2.0 */
/* The executors and conditions that Keycloak 24 and 26 have by default. */
#ifndef POLICY_PROVIDER_H
#define POLICY_PROVIDER_H

#include <ostiary/json.h>

bool policy_has_executor(ost_text name);
bool policy_has_condition(ost_text name);

/* False: no object, or a switch of it is neither true nor false, or a list no list. */
bool policy_executor_configured(const ost_json *configuration);

#endif
