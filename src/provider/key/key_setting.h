/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of providers of keys, as the "config" of their components has them: lists of one text.
 */
#ifndef KEY_SETTING_H
#define KEY_SETTING_H

#include <ostiary/json.h>

/* The setting of that name; empty: it is not there. */
ost_text key_setting(const ost_json *settings, const char *name);

/* What the values of "enabled" and "active", and of "priority", mean: on where they say nothing, or
 * "true" in any case; 0, unless they are a number. */
bool key_setting_is_on(ost_text value);
int64_t key_setting_priority(ost_text value);

/* Writes the setting as a member of an object that is open. */
void key_setting_put(ost_json_writer *writer, const char *name, ost_text value);

#endif
