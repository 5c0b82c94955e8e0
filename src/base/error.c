/* The table of errors, and errors with a sentence of their own. */
#include <stdarg.h>
#include <stdio.h>

#include <ostiary/types.h>

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

ost_result ost_error_set(ost_error *error, ost_result code, const char *format, ...)
{
    if (error == NULL)
        return code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->detail, sizeof error->detail, format, arguments);
    va_end(arguments);
    error->code = code;
    /* What was seen may come from an attacker, and the detail goes to logs and terminals. */
    for (char *at = error->detail; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    }
    return code;
}

const char *ost_version(void)
{
    return OSTIARY_VERSION;
}
