/* SPDX-License-Identifier: Apache-2.0 */
/* Distinguished names; see distinguished_name.h. The text begins with what comes last in the
 * certificate (RFC 4514 §2.1). */
#include "provider/proof/distinguished_name.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/text.h"

#define ATTRIBUTES_MAX 32
#define OID_MAX 64

typedef struct dn_attribute {
    char oid[OID_MAX];
    ost_text value; /* UTF-8 */
    int part;       /* 0: the first of the text; attributes with "+" between them share one */
} dn_attribute;

struct distinguished_name {
    dn_attribute attributes[ATTRIBUTES_MAX];
    int count;
};

/* RFC 4514 §3, and what Java and OpenSSL write beside it. Of several, the first is Java's. */
static const struct {
    const char *keyword, *oid;
} keywords[] = {
    {"CN", "2.5.4.3"},
    {"C", "2.5.4.6"},
    {"L", "2.5.4.7"},
    {"ST", "2.5.4.8"},
    {"S", "2.5.4.8"},
    {"O", "2.5.4.10"},
    {"OU", "2.5.4.11"},
    {"T", "2.5.4.12"},
    {"TITLE", "2.5.4.12"},
    {"STREET", "2.5.4.9"},
    {"DC", "0.9.2342.19200300.100.1.25"},
    {"UID", "0.9.2342.19200300.100.1.1"},
    {"EMAILADDRESS", "1.2.840.113549.1.9.1"},
    {"EMAIL", "1.2.840.113549.1.9.1"},
    {"E", "1.2.840.113549.1.9.1"},
    {"SERIALNUMBER", "2.5.4.5"},
    {"SURNAME", "2.5.4.4"},
    {"SN", "2.5.4.4"},
    {"GIVENNAME", "2.5.4.42"},
    {"GN", "2.5.4.42"},
    {"INITIALS", "2.5.4.43"},
    {"GENERATION", "2.5.4.44"},
    {"DNQUALIFIER", "2.5.4.46"},
    {"DNQ", "2.5.4.46"},
    {"BUSINESSCATEGORY", "2.5.4.15"},
    {"POSTALCODE", "2.5.4.17"},
    {"ORGANIZATIONIDENTIFIER", "2.5.4.97"},
    {"JURISDICTIONCOUNTRYNAME", "1.3.6.1.4.1.311.60.2.1.3"},
};
#define JAVAS_KEYWORDS 24 /* of these, that many from the start on; others are written as OIDs */

/* ---- reading ---- */

typedef struct dn_reader {
    ost_text text;
    size_t at;
    ost_arena *arena;
} dn_reader;

static bool at_end(const dn_reader *r)
{
    return r->at == r->text.len;
}

static char peek(const dn_reader *r)
{
    return at_end(r) ? '\0' : r->text.data[r->at];
}

static void pass_spaces(dn_reader *r)
{
    while (peek(r) == ' ')
        r->at++;
}

static bool is_oid(ost_text text)
{
    bool digit = false, dot = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '.' && !digit)
            return false;
        dot |= c == '.';
        digit = ascii_is_digit(c);
        if (!digit && c != '.')
            return false;
    }
    return digit && dot;
}

static bool read_type(dn_reader *r, char oid[OID_MAX])
{
    size_t from = r->at, end = text_find(r->text, '=', from);
    ost_text type = text_trim(text_slice(r->text, from, end - from));
    if (end == r->text.len)
        return false;
    r->at = end + 1;
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        if (text_equal_ignoring_case(type, text_of(keywords[i].keyword)))
            return text_to_string(text_of(keywords[i].oid), oid, OID_MAX);
    }
    if (type.len > 4 && text_equal_ignoring_case(text_slice(type, 0, 4), OST_TEXT("OID.")))
        type = text_slice(type, 4, type.len);
    return is_oid(type) && text_to_string(type, oid, OID_MAX);
}

static int hex_digit(char c)
{
    char lower = ascii_lower(c);
    if (ascii_is_digit(c))
        return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static int hex_pair(const dn_reader *r, size_t at)
{
    if (at + 2 > r->text.len)
        return -1;
    int high = hex_digit(r->text.data[at]), low = hex_digit(r->text.data[at + 1]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* "\," or "\2C"; −1: neither. */
static int read_escaped(dn_reader *r)
{
    int byte = hex_pair(r, r->at + 1);
    if (byte >= 0) {
        r->at += 3;
        return byte;
    }
    char c = r->at + 1 < r->text.len ? r->text.data[r->at + 1] : '\0';
    if (c == '\0' || strchr("\"+,;<>\\ #=", c) == NULL)
        return -1;
    r->at += 2;
    return (unsigned char)c;
}

/* Spaces at the end count when they are escaped. */
static bool read_string(dn_reader *r, char *out, size_t *ret_len)
{
    size_t len = 0, kept = 0;
    while (!at_end(r) && peek(r) != ',' && peek(r) != '+') {
        char c = peek(r);
        bool escaped = c == '\\';
        int byte = escaped ? read_escaped(r) : (unsigned char)c;
        if (byte < 0 || (!escaped && strchr("\";<>", c) != NULL))
            return false;
        r->at += escaped ? 0 : 1;
        out[len++] = (char)byte;
        if (escaped || c != ' ')
            kept = len;
    }
    *ret_len = kept;
    return kept > 0;
}

/* "#0C0161": the DER of a string. Of a short one, and of the kinds that are the same in UTF-8. */
static bool read_hex(dn_reader *r, char *out, size_t *ret_len)
{
    size_t len = 0;
    r->at++;
    for (int byte; (byte = hex_pair(r, r->at)) >= 0; r->at += 2)
        out[len++] = (char)byte;
    pass_spaces(r);
    if ((!at_end(r) && peek(r) != ',' && peek(r) != '+') || len < 3 || len - 2 > 127 ||
        (size_t)out[1] != len - 2)
        return false;
    if (out[0] != V_ASN1_UTF8STRING && out[0] != V_ASN1_PRINTABLESTRING &&
        out[0] != V_ASN1_IA5STRING)
        return false;
    memmove(out, out + 2, len - 2);
    *ret_len = len - 2;
    return true;
}

static ost_result read_attribute(dn_reader *r, dn_attribute *ret)
{
    size_t len;
    pass_spaces(r);
    if (!read_type(r, ret->oid))
        return OST_E_FORMAT;
    pass_spaces(r);
    char *out = ost_arena_alloc(r->arena, r->text.len - r->at + 1);
    if (out == NULL)
        return OST_E_MEMORY;
    if (!(peek(r) == '#' ? read_hex(r, out, &len) : read_string(r, out, &len)))
        return OST_E_FORMAT;
    ret->value = (ost_text){out, len};
    return text_is_utf8(ret->value) && memchr(out, '\0', len) == NULL ? OST_OK : OST_E_FORMAT;
}

ost_result distinguished_name_read(ost_text text, ost_arena *arena, distinguished_name **ret_name)
{
    dn_reader r = {.text = text, .arena = arena};
    int part = 0;
    if (text.len == 0 || text.len > DISTINGUISHED_NAME_MAX)
        return OST_E_FORMAT;
    distinguished_name *name = ost_arena_alloc(arena, sizeof *name);
    if (name == NULL)
        return OST_E_MEMORY;
    name->count = 0;
    do {
        if (name->count == ATTRIBUTES_MAX)
            return OST_E_FORMAT;
        ost_result result = read_attribute(&r, &name->attributes[name->count]);
        if (result != OST_OK)
            return result;
        name->attributes[name->count++].part = part;
        if (at_end(&r))
            break;
        part += peek(&r) == ',';
        r.at++;
    } while (true);
    *ret_name = name;
    return OST_OK;
}

/* ---- comparing ---- */

/* The value as UTF-8, to be freed; −1: it is none. */
static int value_of(const X509_NAME_ENTRY *entry, unsigned char **ret)
{
    int len = ASN1_STRING_to_UTF8(ret, X509_NAME_ENTRY_get_data(entry));
    if (len < 0)
        ERR_clear_error();
    return len;
}

static bool is_same(const dn_attribute *attribute, const X509_NAME_ENTRY *entry)
{
    char oid[OID_MAX];
    unsigned char *value = NULL;
    int oid_len = OBJ_obj2txt(oid, sizeof oid, X509_NAME_ENTRY_get_object(entry), 1);
    if (oid_len <= 0 || (size_t)oid_len >= sizeof oid || strcmp(oid, attribute->oid) != 0)
        return false;
    int len = value_of(entry, &value);
    bool same = len >= 0 && text_equal(attribute->value, text_of_bytes(value, (size_t)len));
    OPENSSL_free(value);
    return same;
}

bool distinguished_name_is(const distinguished_name *name, const X509_NAME *of_certificate)
{
    int count = X509_NAME_entry_count(of_certificate);
    bool used[ATTRIBUTES_MAX] = {false};
    if (count != name->count)
        return false;
    int last_part = name->attributes[count - 1].part;
    for (int i = 0; i < count; i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(of_certificate, i);
        bool found = false;
        for (int k = 0; k < count && !found; k++) {
            found = !used[k] &&
                    name->attributes[k].part == last_part - X509_NAME_ENTRY_set(entry) &&
                    is_same(&name->attributes[k], entry);
            used[k] |= found;
        }
        if (!found)
            return false;
    }
    return true;
}

static bool has_attribute(const distinguished_name *name, const dn_attribute *wanted)
{
    for (int i = 0; i < name->count; i++) {
        const dn_attribute *one = &name->attributes[i];
        if (one->part == wanted->part && strcmp(one->oid, wanted->oid) == 0 &&
            text_equal_ignoring_case(one->value, wanted->value))
            return true;
    }
    return false;
}

bool distinguished_name_equals(const distinguished_name *a, const distinguished_name *b)
{
    bool same = a->count == b->count;
    for (int i = 0; same && i < a->count; i++)
        same = has_attribute(b, &a->attributes[i]) && has_attribute(a, &b->attributes[i]);
    return same;
}

/* ---- writing ---- */

static bool write_type(const X509_NAME_ENTRY *entry, buffer *out)
{
    char oid[OID_MAX];
    int len = OBJ_obj2txt(oid, sizeof oid, X509_NAME_ENTRY_get_object(entry), 1);
    if (len <= 0 || (size_t)len >= sizeof oid)
        return false;
    for (size_t i = 0; i < JAVAS_KEYWORDS; i++) {
        if (strcmp(keywords[i].oid, oid) == 0) {
            buffer_append_string(out, keywords[i].keyword);
            return true;
        }
    }
    buffer_append_string(out, "OID.");
    buffer_append_string(out, oid);
    return true;
}

/* What Java writes with quotes has signs in it that a pattern could take for another part. */
static bool write_value(const X509_NAME_ENTRY *entry, buffer *out)
{
    unsigned char *value = NULL;
    int len = value_of(entry, &value);
    bool plain = len > 0 && text_is_utf8(text_of_bytes(value, (size_t)len)) && value[0] != ' ' &&
                 value[0] != '#' && value[len - 1] != ' ';
    for (int i = 0; i < len && plain; i++)
        plain = value[i] >= 0x20 && value[i] != 0x7f &&
                (i == 0 || value[i] != ' ' || value[i - 1] != ' ') &&
                strchr(",+=<>;\"\\\n", value[i]) == NULL;
    if (plain)
        buffer_append(out, text_of_bytes(value, (size_t)len));
    OPENSSL_free(value);
    return plain;
}

ost_result distinguished_name_write(const X509_NAME *of_certificate, ost_arena *arena,
                                    ost_text *ret_text)
{
    buffer_auto buffer out = {0};
    buffer_init(&out, DISTINGUISHED_NAME_MAX);
    if (X509_NAME_entry_count(of_certificate) == 0 ||
        X509_NAME_entry_count(of_certificate) > ATTRIBUTES_MAX)
        return OST_E_FORMAT;
    for (int i = X509_NAME_entry_count(of_certificate) - 1; i >= 0; i--) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(of_certificate, i);
        const X509_NAME_ENTRY *before = i > 0 ? X509_NAME_get_entry(of_certificate, i - 1) : NULL;
        if (!write_type(entry, &out))
            return OST_E_FORMAT;
        buffer_append_byte(&out, '=');
        if (!write_value(entry, &out))
            return OST_E_FORMAT;
        /* Which of several attributes of one part comes first is not ours to choose. */
        if (before != NULL && X509_NAME_ENTRY_set(before) == X509_NAME_ENTRY_set(entry))
            return OST_E_FORMAT;
        if (before != NULL)
            buffer_append_string(&out, ", ");
    }
    if (out.failed != OST_OK)
        return OST_E_FORMAT;
    char *copy = ost_arena_copy(arena, buffer_text(&out));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_text = (ost_text){copy, out.len};
    return OST_OK;
}
