/* SPDX-License-Identifier: Apache-2.0 */
/* What else is taken for a realm file; see other_format.h. */
#include "provider/stream/other_format.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define LOOKED_AT 64

/* The longest marks come first: that of UTF-32 begins as that of UTF-16. */
static const struct {
    const char *bytes;
    size_t len;
    const char *told;
} beginnings[] = {
    {"\xff\xfe\0\0", 4,
     "this is UTF-32, and JSON is UTF-8: write it anew (iconv -f UTF-32 -t UTF-8)"},
    {"\0\0\xfe\xff", 4,
     "this is UTF-32, and JSON is UTF-8: write it anew (iconv -f UTF-32 -t UTF-8)"},
    {"\xff\xfe", 2, "this is UTF-16, and JSON is UTF-8: write it anew (iconv -f UTF-16 -t UTF-8)"},
    {"\xfe\xff", 2, "this is UTF-16, and JSON is UTF-8: write it anew (iconv -f UTF-16 -t UTF-8)"},
    {"{\0", 2, "this is UTF-16, and JSON is UTF-8: write it anew (iconv -f UTF-16LE -t UTF-8)"},
    {"[\0", 2, "this is UTF-16, and JSON is UTF-8: write it anew (iconv -f UTF-16LE -t UTF-8)"},
    {"\0{", 2, "this is UTF-16, and JSON is UTF-8: write it anew (iconv -f UTF-16BE -t UTF-8)"},
    {"\0[", 2, "this is UTF-16, and JSON is UTF-8: write it anew (iconv -f UTF-16BE -t UTF-8)"},
    {"\x1f\x8b", 2, "this is compressed (gzip): give what it holds (gunzip)"},
    {"\x28\xb5\x2f\xfd", 4, "this is compressed (zstd): give what it holds (unzstd)"},
    {"\xfd"
     "7zXZ",
     5, "this is compressed (xz): give what it holds (unxz)"},
    {"BZh", 3, "this is compressed (bzip2): give what it holds (bunzip2)"},
    {"PK\x03\x04", 4, "this is a ZIP archive: give the realm files in it, or their folder (unzip)"},
    {"SQLite format 3", 15,
     "this is an SQLite database: give a realm file, as `realm export` writes it"},
    {"---", 3, "this looks like YAML, and a realm file is JSON: convert it (yq -o json)"},
    {"<", 1,
     "this is HTML or XML, and a realm file is JSON: perhaps the page of an error was saved"},
};

/* "realm: x" on the first line that is no remark. */
static bool is_yaml(ost_text text)
{
    size_t at = 0;
    while (at < text.len && text.data[at] == '#') {
        while (at < text.len && text.data[at] != '\n')
            at++;
        at += at < text.len;
    }
    size_t start = at;
    while (at < text.len && ((text.data[at] >= 'a' && text.data[at] <= 'z') ||
                             (text.data[at] >= 'A' && text.data[at] <= 'Z')))
        at++;
    return at > start && at + 1 < text.len && text.data[at] == ':' &&
           (text.data[at + 1] == ' ' || text.data[at + 1] == '\n' || text.data[at + 1] == '\r');
}

const char *realm_other_format(byte_source source)
{
    char bytes[LOOKED_AT];
    ssize_t len = source.read(source.user, 0, bytes, sizeof bytes);
    if (len <= 0)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
        if ((size_t)len >= beginnings[i].len &&
            memcmp(bytes, beginnings[i].bytes, beginnings[i].len) == 0)
            return beginnings[i].told;
    }
    return is_yaml((ost_text){bytes, (size_t)len})
               ? "this looks like YAML, and a realm file is JSON: convert it (yq -o json)"
               : NULL;
}

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
