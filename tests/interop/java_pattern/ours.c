/* SPDX-License-Identifier: Apache-2.0 */
/* As Peer.java; "none" also where we do not say. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "provider/proof/java_pattern.h"

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        if (tab == NULL)
            return 1;
        *tab = '\0';
        ost_result result = java_pattern_match(text_of(line), text_of(tab + 1));
        puts(result == OST_OK ? "yes" : result == OST_E_NOT_FOUND ? "no" : "none");
    }
    return 0;
}
