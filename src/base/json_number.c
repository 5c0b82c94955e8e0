/* Numbers of JSON (RFC 8259 §6), within the range of a double; whole ones are kept exactly. */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "json_value.h"

#define MAX_DIGITS 18  /* so many always fit an int64_t */
#define MAX_LENGTH 400 /* characters of one number */

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
    if (len > MAX_LENGTH || c_locale == (locale_t)0)
        return false;
    memcpy(copy, from, len);
    copy[len] = '\0';
    double number = strtod_l(copy, NULL, c_locale);
    if (!isfinite(number))
        return false;
    *ret_number = number;
    return true;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
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
    value->type = OST_JSON_NUMBER;
    if (stop == whole_end && whole_end - digits <= MAX_DIGITS) {
        int64_t integer = 0;
        for (const char *digit = digits; digit < whole_end; digit++)
            integer = integer * 10 + (*digit - '0');
        value->integer = *from == '-' ? -integer : integer;
        value->is_integer = true;
        value->as.number = *from == '-' ? -(double)integer : (double)integer;
    } else if (!to_double(from, (size_t)(stop - from), &value->as.number)) {
        return OST_E_JSON;
    }
    *at = stop;
    return OST_OK;
}
