/* SPDX-License-Identifier: Apache-2.0 */
/* Converters for "O&" of PyArg_Parse…, whose exceptions name the parameter. */
#ifndef OSTIARY_PYTHON_ARGUMENT_H
#define OSTIARY_PYTHON_ARGUMENT_H

#include "core.h"

/* A str without NUL, which is borrowed from the object, or None, which is NULL. */
typedef struct string_argument {
    const char *what;
    const char *string;
} string_argument;
int argument_string(PyObject *object, void *place);

/* A whole number from 0 to INT_MAX; "I" would cut what is larger. */
typedef struct number_argument {
    const char *what;
    unsigned number;
} number_argument;
int argument_number(PyObject *object, void *place);

#endif
