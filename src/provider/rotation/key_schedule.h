/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by the clock: what waits begins to sign when its time has come, and where a realm's keys are
 * to be changed from time to time, a new one is made and published before it signs. */
#ifndef KEY_SCHEDULE_H
#define KEY_SCHEDULE_H

struct provider;

/* Does what is due now, in the store; the realms are to be loaded again if its generation has
 * changed. Of several programs with one store, one does each thing. On the housekeeping thread: a
 * new RSA key takes up to half a second. */
void key_schedule_run(struct provider *provider);

#endif
