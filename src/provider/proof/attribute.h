/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of realms and clients in Keycloak's representations. */
#ifndef ATTRIBUTE_H
#define ATTRIBUTE_H

#include <ostiary/json.h>

/* A text among the "attributes" of a representation; empty when it is absent or no text. */
ost_text attribute_text(const ost_json *of, const char *name);

/* Of a text with several values, which "##" separates, the next one that is not empty. */
bool attribute_next(ost_text *rest, ost_text *ret_value);

/* A level of authentication in a map of names to levels: a whole number, or the digits of one, 2^30
 * at most (FLOW_LEVEL_MAX). False: it is none. */
bool attribute_level(const ost_json *value, int64_t *ret_level);

#endif
