// SPDX-License-Identifier: Apache-2.0
"use strict";
// All frames have been loaded by then, or one of them keeps us waiting: it had its time.
const next = document.getElementById("continue");
const go = () => location.replace(next.href);
if (next) {
  addEventListener("load", go);
  setTimeout(go, 3000);
}
