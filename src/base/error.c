/* SPDX-License-Identifier: Apache-2.0 */
/* The table of errors, and errors with a sentence of their own. */
#include <stdarg.h>
#include <stdio.h>

#include <ostiary/types.h>

#include "base/error_sentence.h"
#include "base/text.h"

const char *ost_result_name(ost_result result)
{
    switch (result) {
#define NAME(name, number, category, sentence)                                                     \
    case name:                                                                                     \
        return #name;
        OST_RESULTS(NAME)
#undef NAME
    }
    return "unknown";
}

const char *ost_result_category(ost_result result)
{
    switch (result) {
#define CATEGORY(name, number, category, sentence)                                                 \
    case name:                                                                                     \
        return #category;
        OST_RESULTS(CATEGORY)
#undef CATEGORY
    }
    return "unknown";
}

const char *ost_result_sentence(ost_result result)
{
    switch (result) {
#define SENTENCE(name, number, category, sentence)                                                 \
    case name:                                                                                     \
        return sentence;
        OST_RESULTS(SENTENCE)
#undef SENTENCE
    }
    return "unknown";
}

/* Without the last character, of which bytes may have been cut off. */
static size_t whole_characters(const char *text, size_t len)
{
    size_t least = len > 3 ? len - 3 : 0;
    while (len > least && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
        len--;
    return len > 0 && (unsigned char)text[len - 1] >= 0xC0 ? len - 1 : len;
}

ost_result ost_error_set(ost_error *error, ost_result code, const char *format, ...)
{
    if (error == NULL)
        return code;
    va_list arguments;
    va_start(arguments, format);
    int printed =
        format != NULL ? vsnprintf(error->detail, sizeof error->detail, format, arguments) : 0;
    va_end(arguments);
    size_t len = printed > 0 ? (size_t)printed : 0;
    if (len >= sizeof error->detail)
        len = whole_characters(error->detail, sizeof error->detail - 1);
    error->detail[len] = '\0';
    /* What was seen may come from an attacker, and the detail goes to logs and terminals. */
    text_make_printable(error->detail, len);
    error->code = code;
    return code;
}

ost_result error_set_sentence(ost_error *error, ost_result result)
{
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "%s", ost_result_sentence(result));
}

const char *ost_version(void)
{
    return OSTIARY_VERSION;
}
