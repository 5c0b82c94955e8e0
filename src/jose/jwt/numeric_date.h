/* SPDX-License-Identifier: Apache-2.0 */
/* NumericDate (RFC 7519 §2): seconds since 1970, which may have a fraction. */
#ifndef NUMERIC_DATE_H
#define NUMERIC_DATE_H

#include <ostiary/json.h>

/* The whole seconds; a fraction is dropped. False: it is not a number from 0 to 2^53. */
OST_MUST_CHECK bool numeric_date_read(const ost_json *value, int64_t *ret_seconds);

/* The same of a time that may lie before 1970: from -2^53 on. */
OST_MUST_CHECK bool numeric_date_read_any(const ost_json *value, int64_t *ret_seconds);

/* The same of a text that is the digits of a whole number, and nothing else. */
OST_MUST_CHECK bool numeric_date_read_digits(const ost_json *value, int64_t *ret_seconds);

#endif
