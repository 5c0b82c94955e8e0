/* SPDX-License-Identifier: Apache-2.0 */
/* What else is taken for JSON; see other_format.h. */
#include "base/json/other_format.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/text.h"

#define YAML "this looks like YAML, and JSON is expected: convert it (yq -o json)"

/* The longest marks come first: that of UTF-32 begins as that of UTF-16. */
static const struct {
    const char *bytes;
    size_t len;
    const char *told;
} beginnings[] = {
    {"\xff\xfe\0\0", 4,
     "this is UTF-32, and UTF-8 is expected: write it anew (iconv -f UTF-32 -t UTF-8)"},
    {"\0\0\xfe\xff", 4,
     "this is UTF-32, and UTF-8 is expected: write it anew (iconv -f UTF-32 -t UTF-8)"},
    {"\xff\xfe", 2,
     "this is UTF-16, and UTF-8 is expected: write it anew (iconv -f UTF-16 -t UTF-8)"},
    {"\xfe\xff", 2,
     "this is UTF-16, and UTF-8 is expected: write it anew (iconv -f UTF-16 -t UTF-8)"},
    {"{\0", 2, "this is UTF-16, and UTF-8 is expected: write it anew (iconv -f UTF-16LE -t UTF-8)"},
    {"[\0", 2, "this is UTF-16, and UTF-8 is expected: write it anew (iconv -f UTF-16LE -t UTF-8)"},
    {"\0{", 2, "this is UTF-16, and UTF-8 is expected: write it anew (iconv -f UTF-16BE -t UTF-8)"},
    {"\0[", 2, "this is UTF-16, and UTF-8 is expected: write it anew (iconv -f UTF-16BE -t UTF-8)"},
    {"\x1f\x8b", 2, "this is compressed (gzip): give what it holds (gunzip)"},
    {"\x28\xb5\x2f\xfd", 4, "this is compressed (zstd): give what it holds (unzstd)"},
    {"\xfd"
     "7zXZ",
     5, "this is compressed (xz): give what it holds (unxz)"},
    {"BZh", 3, "this is compressed (bzip2): give what it holds (bunzip2)"},
    {"PK\x03\x04", 4, "this is a ZIP archive: give the files in it, or their folder (unzip)"},
    {"SQLite format 3", 15, "this is an SQLite database, and JSON is expected"},
    {"---", 3, YAML},
    {"<", 1, "this is HTML or XML, and JSON is expected: perhaps the page of an error was saved"},
};

/* "name: x" on the first line that is no remark. */
static bool is_yaml(ost_text text)
{
    size_t at = 0;
    while (at < text.len && text.data[at] == '#') {
        while (at < text.len && text.data[at] != '\n')
            at++;
        at += at < text.len;
    }
    size_t start = at;
    while (at < text.len && ascii_is_letter(text.data[at]))
        at++;
    return at > start && at + 1 < text.len && text.data[at] == ':' &&
           (text.data[at + 1] == ' ' || text.data[at + 1] == '\n' || text.data[at + 1] == '\r');
}

const char *other_format(ost_text text)
{
    for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
        if (text.len >= beginnings[i].len &&
            memcmp(text.data, beginnings[i].bytes, beginnings[i].len) == 0)
            return beginnings[i].told;
    }
    return is_yaml(text) ? YAML : NULL;
}
