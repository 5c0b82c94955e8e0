/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as claims. Whatever they say, no field has a control character, and a single value has
 * neither a comma nor a blank at an end. */
#include "gate/gate_fields.h"

#include <stdlib.h>

#include "base/text.h"
#include "guard/guard_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(const gate_field *field, const ost_identity *identity, ost_arena *arena)
{
    ost_text value = {0};
    ost_error error = {0};
    bool single = field->source < GATE_GROUPS || field->source == GATE_EXPIRES;
    if (gate_fields_value(field, identity, arena, &value, &error) != OST_OK)
        return;
    if (value.len > GATE_FIELD_MAX)
        abort();
    if (value.len > 0 && (value.data[0] == ' ' || value.data[value.len - 1] == ' '))
        abort();
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c < 0x20 || c == 0x7f || (c == ',' && (single || field->encoded)))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new(8 << 20);
    ost_identity identity = {0};
    if (ost_claims_read((ost_text){(const char *)data, size}, arena, &identity.claims, NULL) ==
        OST_OK) {
        for (int source = GATE_SUBJECT; source <= GATE_CLAIM; source++) {
            gate_field field = {"X-Field", (gate_source)source, "c", false};
            check_value(&field, &identity, arena);
            field.encoded = true;
            check_value(&field, &identity, arena);
        }
    }
    ost_arena_free(arena);
    return 0;
}
