/* SPDX-License-Identifier: Apache-2.0 */
/* Each setting with its value and who decided about it, without secrets. */
#ifndef CONFIG_SHOW_H
#define CONFIG_SHOW_H

#include "base/options.h"

/* Writes to standard output: a line for each setting, "NAME<tab>VALUE<tab>ORIGIN", or with `json`
 * one object with a member for each. Values of OPTION_SECRET and passwords in URLs are asterisks.
 * OST_E_MEMORY and OST_E_CEILING, as writing JSON has them. */
OST_MUST_CHECK ost_result config_show(const option_values *values, bool json, ost_arena *arena,
                                      ost_error *error);

#endif
