/* SPDX-License-Identifier: Apache-2.0 */
/* A client that asks again and again until its user has answered elsewhere: a device (RFC 8628
 * §3.4) or whoever began a backchannel authentication (CIBA Core §10.1). Uses the store: on the
 * pool alone. */
#ifndef DEVICE_POLL_H
#define DEVICE_POLL_H

#include "provider/call/call.h"
#include "store/grant/store_device.h"

/* How a kind of grant words its refusals. */
typedef struct device_words {
    const char *parameter; /* that has the code */
    const char *unknown, *expired, *pending, *denied, *slow_down;
} device_words;

/* What stands under the code of the form, once its user has approved; a poll is noted. Refuses the
 * call otherwise: by the names of RFC 8628 §3.5, which are CIBA's too. */
bool device_poll(call *call, store_device_kind kind, const device_words *words,
                 store_device *ret_device);

#endif
