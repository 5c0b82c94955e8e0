/* SPDX-License-Identifier: Apache-2.0 */
/* Members of representations and configurations, as Keycloak takes them. */
#ifndef POLICY_VALUE_H
#define POLICY_VALUE_H

#include <ostiary/json.h>

/* true, or "true"; anything else is false. */
bool policy_switch(const ost_json *object, const char *name);
/* false, or "false". */
bool policy_is_off(const ost_json *object, const char *name);
/* An integer, or a string with one; `otherwise`: there is none. */
int64_t policy_number(const ost_json *object, const char *name, int64_t otherwise);
/* A string; NULL data: there is none. */
ost_text policy_text(const ost_json *object, const char *name);

#endif
