/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what a stranger wrote; see inspect_print.h. */
#include "cli/tool/inspect_print.h"

#include <stdio.h>

#include "cli/printable.h"

static void print_indented(const ost_json *value, int depth);

static void print_children(const ost_json *value, int depth, char open, char close)
{
    putchar(open);
    for (const ost_json *child = ost_json_first(value); child != NULL;
         child = ost_json_next(child)) {
        printf("%s\n%*s", child == ost_json_first(value) ? "" : ",", 2 * (depth + 1), "");
        if (open == '{') {
            putchar('"');
            printable_put_text(ost_json_name(child));
            fputs("\": ", stdout);
        }
        print_indented(child, depth + 1);
    }
    printf("\n%*s%c", 2 * depth, "", close);
}

static void print_indented(const ost_json *value, int depth)
{
    bool object = ost_json_is(value, OST_JSON_OBJECT), array = ost_json_is(value, OST_JSON_ARRAY);
    if (ost_json_first(value) != NULL)
        print_children(value, depth, object ? '{' : '[', object ? '}' : ']');
    else if (object || array)
        fputs(object ? "{}" : "[]", stdout);
    else
        printable_put_json(ost_json_source(value));
}

void inspect_print(const ost_json *value)
{
    print_indented(value, 0);
}
