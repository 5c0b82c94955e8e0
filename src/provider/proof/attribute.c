/* SPDX-License-Identifier: Apache-2.0 */
/* Reading attributes; see attribute.h. */
#include "provider/proof/attribute.h"

ost_text attribute_text(const ost_json *of, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(ost_json_get(of, "attributes"), name), &text);
    return text;
}
