/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of JSON (RFC 8259 §6), within the range of a double. Whether one is whole is decided by
 * its digits. */
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/json/json_value.h"

#define MAX_DIGITS 18                /* so many always fit an int64_t */
#define MAX_LENGTH 400               /* characters of one number that is not a short integer */
#define MAX_WHOLE ((int64_t)1 << 53) /* a double holds every whole number up to here */

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* The program's locale may have another decimal point. */
static bool to_double(const char *from, size_t len, double *ret_number)
{
    char copy[MAX_LENGTH + 1];
    pthread_once(&c_locale_once, make_c_locale);
    if (c_locale == (locale_t)0)
        return false;
    memcpy(copy, from, len);
    copy[len] = '\0';
    double number = strtod_l(copy, NULL, c_locale);
    if (!isfinite(number))
        return false;
    *ret_number = number;
    return true;
}

/* The exponent behind the 'e', if there is one; far beyond every double it no longer matters. */
static long exponent_of(const char *at, const char *end)
{
    long exponent = 0;
    if (at == end)
        return 0;
    bool negative = *++at == '-';
    if (*at == '-' || *at == '+')
        at++;
    for (; at < end && exponent < 10000; at++)
        exponent = exponent * 10 + (*at - '0');
    return negative ? -exponent : exponent;
}

static bool append_digit(int64_t *digits, int digit)
{
    if (*digits > MAX_WHOLE / 10)
        return false;
    *digits = *digits * 10 + digit;
    return *digits <= MAX_WHOLE;
}

static bool append_zeros(int64_t *digits, long zeros)
{
    for (; *digits != 0 && zeros > 0; zeros--) {
        if (!append_digit(digits, 0))
            return false;
    }
    return true;
}

/* The value of a well-formed number when it is mathematically whole and within ±2^53. Its double
 * cannot tell: that of 1.00000000000000000001 is 1. */
static bool to_whole(const char *from, const char *end, int64_t *ret_whole)
{
    const char *at = from + (*from == '-');
    int64_t digits = 0;           /* up to the last one that is not 0 */
    long zeros = 0, decimals = 0; /* zeros behind that one; all digits behind the point */
    bool fraction = false;
    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        decimals += fraction;
        if (*at == '.') {
            fraction = true;
        } else if (*at == '0') {
            zeros++;
        } else {
            if (!append_zeros(&digits, zeros) || !append_digit(&digits, *at - '0'))
                return false;
            zeros = 0;
        }
    }
    long power_of_ten = zeros - decimals + exponent_of(at, end);
    if ((digits != 0 && power_of_ten < 0) || !append_zeros(&digits, power_of_ten))
        return false;
    *ret_whole = *from == '-' ? -digits : digits;
    return true;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && ascii_is_digit(*at))
        at++;
    return at;
}

/* What may follow the whole part: a fraction, an exponent. NULL: malformed, at *bad. */
static const char *skip_rest(const char *at, const char *end, const char **bad)
{
    const char *digits;
    if (at < end && *at == '.') {
        digits = ++at;
        at = skip_digits(at, end);
        if (at == digits) {
            *bad = at;
            return NULL;
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        digits = at;
        at = skip_digits(at, end);
        if (at == digits) {
            *bad = at;
            return NULL;
        }
    }
    return at;
}

ost_result json_scan_number(const char **at, const char *end, ost_json *value)
{
    const char *from = *at, *digits = from + (*from == '-');
    const char *whole_end = skip_digits(digits, end);
    if (whole_end == digits || (*digits == '0' && whole_end - digits > 1)) {
        *at = digits;
        return OST_E_JSON;
    }
    const char *stop = skip_rest(whole_end, end, at);
    if (stop == NULL)
        return OST_E_JSON;
    size_t len = (size_t)(stop - from);
    value->type = OST_JSON_NUMBER;
    if (stop == whole_end && whole_end - digits <= MAX_DIGITS) {
        int64_t integer = 0;
        for (const char *digit = digits; digit < whole_end; digit++)
            integer = integer * 10 + (*digit - '0');
        value->as.number.whole = *from == '-' ? -integer : integer;
        value->as.number.value = *from == '-' ? -(double)integer : (double)integer;
        value->is_whole = integer <= MAX_WHOLE;
    } else {
        if (len > MAX_LENGTH)
            return OST_E_CEILING;
        if (!to_double(from, len, &value->as.number.value))
            return OST_E_JSON;
        value->is_whole = to_whole(from, stop, &value->as.number.whole);
    }
    *at = stop;
    return OST_OK;
}

/* 15 digits are enough for most numbers that people write, 17 for every double. */
bool json_print_number(double number, char ret[JSON_NUMBER_SIZE])
{
    pthread_once(&c_locale_once, make_c_locale);
    if (!isfinite(number) || c_locale == (locale_t)0)
        return false;
    locale_t before = uselocale(c_locale); /* of this thread alone */
    double back;
    int digits = 15;
    do {
        snprintf(ret, JSON_NUMBER_SIZE, "%.*g", digits, number);
        back = strtod(ret, NULL);
    } while ((back < number || back > number) && digits++ < 17);
    uselocale(before);
    return true;
}
