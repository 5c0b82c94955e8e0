/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for a text among the values of an array (or of an object), or for an object by one of its
 * members. What has no values, also NULL, is an empty list. */
#ifndef JSON_LIST_H
#define JSON_LIST_H

#include <ostiary/json.h>

/* One of the values is this string. */
bool json_list_has(const ost_json *list, ost_text text);

/* The first object whose member is this string; NULL: there is none. */
const ost_json *json_list_find(const ost_json *list, const char *member, ost_text value);

#endif
