/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test needs: cmocka, and the headers that it wants before itself. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
