/* SPDX-License-Identifier: Apache-2.0 */
/* What else is taken for a realm file; see other_object.h. */
#include "provider/stream/other_object.h"

#include "base/array.h"

/* Members that tell it. */
const char *realm_other_object(const ost_json *object)
{
    static const struct {
        const char *member;
        const char *told;
    } kinds[] = {
        {"clientId", "this is a client, and no realm: put it into \"clients\" of a file with the "
                     "realm's name, and import that with --merge"},
        {"username", "this is a user, and no realm: put it into \"users\" of a file with the "
                     "realm's name, and import that with --merge"},
        {"access_token", "this is the answer of a token endpoint, and no realm"},
        {"issuer", "this is a discovery document, and no realm"},
        {"keys", "this is a key set, and no realm"},
        {"error", "this is an error that somebody answered, and no realm"},
        {"errorMessage", "this is an error that somebody answered, and no realm"},
        {"ifResourceExists", "this is a partial import: add \"realm\" with the realm's name, and "
                             "import it with --merge"},
        {"users", "these are users without their realm: add \"realm\" with its name, and import "
                  "them with --merge"},
        {"clients", "these are clients without their realm: add \"realm\" with its name, and "
                    "import them with --merge"},
    };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (ost_json_get(object, kinds[i].member) != NULL)
            return kinds[i].told;
    }
    return NULL;
}
