/* Prints what a stranger wrote; see inspect_print.h. */
#include "inspect_print.h"

#include <stdio.h>

static void print_indented(const ost_json *value, int depth);

static void print_children(const ost_json *value, int depth, char open, char close)
{
    putchar(open);
    for (const ost_json *child = ost_json_first(value); child != NULL;
         child = ost_json_next(child)) {
        printf("%s\n%*s", child == ost_json_first(value) ? "" : ",", 2 * (depth + 1), "");
        if (open == '{') {
            ost_text name = ost_json_name(child);
            /* Escaped again: a token must not be able to steer the terminal. */
            putchar('"');
            for (size_t i = 0; i < name.len; i++)
                putchar((unsigned char)name.data[i] < 0x20 || name.data[i] == 0x7f ? '?'
                                                                                   : name.data[i]);
            fputs("\": ", stdout);
        }
        print_indented(child, depth + 1);
    }
    printf("\n%*s%c", 2 * depth, "", close);
}

static void print_indented(const ost_json *value, int depth)
{
    if (ost_json_first(value) != NULL) {
        bool object = ost_json_is(value, OST_JSON_OBJECT);
        print_children(value, depth, object ? '{' : '[', object ? '}' : ']');
        return;
    }
    /* JSON's own escapes keep control bytes out, but for DEL. */
    ost_text source = ost_json_source(value);
    for (size_t i = 0; i < source.len; i++)
        putchar(source.data[i] == 0x7f ? '?' : source.data[i]);
}

void inspect_print(const ost_json *value)
{
    print_indented(value, 0);
}
