/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for people, indented, with nothing in it that could steer a terminal. */
#ifndef INSPECT_PRINT_H
#define INSPECT_PRINT_H

#include <ostiary/json.h>

/* On standard output, without a line feed at the end. */
void inspect_print(const ost_json *value);

#endif
