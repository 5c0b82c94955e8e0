// SPDX-License-Identifier: Apache-2.0
// Tells what has happened, for a moment and to screen readers; errors stay until they are closed.
import { element } from "./elements.js";
import { text } from "./text.js";

const shown = element("div", { class: "notices", role: "status", "aria-live": "polite" });

export function noticeArea() {
  return shown;
}

export function notify(words) {
  const line = element("p", { class: "notice" }, words);
  shown.append(line);
  setTimeout(() => line.remove(), 5000);
}

export function notifyError(error) {
  const line = element("p", { class: "notice bad", role: "alert" }, error.message, " ",
    element("button", { type: "button", class: "plain", onclick: () => line.remove() }, text("notice.close")));
  shown.append(line);
}

// Does what a button asks for; while it does, the button rests.
export function acting(act, done) {
  return async (event) => {
    const pressed = event?.currentTarget;
    if (pressed) pressed.disabled = true;
    try {
      await act(event);
      if (done) notify(done);
    } catch (error) {
      notifyError(error);
    } finally {
      if (pressed) pressed.disabled = false;
    }
  };
}
