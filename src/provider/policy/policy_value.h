/* SPDX-License-Identifier: Apache-2.0 */
/* Members of representations and configurations, as Keycloak takes them. */
#ifndef POLICY_VALUE_H
#define POLICY_VALUE_H

#include <ostiary/json.h>

/* true, or "true"; anything else is false. */
bool policy_switch(const ost_json *object, const char *name);
/* A string; NULL data: there is none. */
ost_text policy_text(const ost_json *object, const char *name);

#endif
