// SPDX-License-Identifier: Apache-2.0
// Tells what has happened, for a moment and to screen readers; errors stay until they are closed.
import { element } from "./elements.js";
import { text } from "./text.js";

const shown = element("div", { class: "notices", role: "status", "aria-live": "polite" });

export function noticeArea() {
  return shown;
}

// What stands beside an open dialog is neither heard nor pressed.
function tell(line) {
  const place = document.querySelector("dialog[open]") ?? document.body;
  if (shown.parentNode !== place) place.append(shown);
  shown.append(line);
  return line;
}

export function notify(words) {
  const line = tell(element("p", { class: "notice" }, words));
  setTimeout(() => line.remove(), 5000);
}

export function notifyError(error) {
  const line = tell(element("p", { class: "notice bad", role: "alert" }, error.message, " ",
    element("button", { type: "button", class: "plain", onclick: () => line.remove() }, text("notice.close"))));
}

// Lets a button rest while `act` does something; who pressed it by the keyboard is there again after that.
export async function resting(pressed, act) {
  pressed.disabled = true;
  try {
    return await act();
  } finally {
    pressed.disabled = false;
    if (document.activeElement === document.body) pressed.focus?.();
  }
}

// Does what a button asks for; while it does, the button rests.
export function acting(act, done) {
  return (event) => resting(event?.currentTarget ?? {}, async () => {
    try {
      await act(event);
      if (done) notify(done);
    } catch (error) {
      notifyError(error);
    }
  });
}
