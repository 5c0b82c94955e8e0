// SPDX-License-Identifier: Apache-2.0
// Devices and sessions: where the user is signed in, and the way out of each.
import { button, element, heading } from "../../console/lib/elements.js";
import { confirmed } from "../../console/lib/dialog.js";
import { acting, notify } from "../../console/lib/notice.js";
import { table } from "../../console/lib/table.js";
import { date, text, told } from "../../console/lib/text.js";
import { api } from "../lib/api.js";
import { show } from "../lib/shell.js";

const known = (word) => (word && word !== "Other" && word !== "Unknown" ? word : "");

function nameOf(device) {
  const words = [known(device.os), known(device.osVersion), known(device.device)].filter(Boolean).join(" ");
  return words || text("sessions.unknown");
}

function browser(session) {
  return session.browser.split("/").map(known).filter(Boolean).join(" ") || text("sessions.unknown");
}

async function end(session) {
  await api.remove(`sessions/${encodeURIComponent(session.id)}`);
  notify(text("sessions.ended"));
  await show();
}

const columns = () => [
  { title: text("sessions.browser"), cell: (session) => element("span", {}, browser(session), session.current ? element("span", { class: "tag" }, text("sessions.this")) : null) },
  { title: text("sessions.address"), cell: (session) => session.ipAddress ?? "" },
  { title: text("sessions.started"), cell: (session) => date(session.started * 1000) },
  { title: text("sessions.last"), cell: (session) => date(session.lastAccess * 1000) },
  { title: text("sessions.clients"), cell: (session) => session.clients.map((client) => told(client.clientName) || client.clientId).join(", ") },
  {
    title: text("sessions.actions"), hidden: true,
    cell: (session) => (session.current ? "" : button(text("sessions.end"), acting(() => end(session)), "other")),
  },
];

function panel(device) {
  const name = nameOf(device);
  return element("section", { class: "panel device", "aria-label": name },
    element("div", { class: "device-head" }, element("h2", {}, name),
      device.current ? element("span", { class: "tag" }, text("sessions.this_device")) : null,
      device.mobile ? element("span", { class: "tag" }, text("sessions.mobile")) : null),
    element("div", { class: "list" }, table(text("sessions.of", name), columns(), device.sessions)));
}

export async function sessions() {
  const devices = await api.get("sessions/devices");
  devices.sort((a, b) => Number(b.current ?? false) - Number(a.current ?? false) || b.lastAccess - a.lastAccess);
  const others = devices.flatMap((device) => device.sessions).filter((session) => !session.current).length;
  const endOthers = acting(async () => {
    if (!(await confirmed(text("sessions.end_others"), text("sessions.end_others_sure", others), text("sessions.end_others")))) return;
    await api.remove("sessions");
    notify(text("sessions.others_ended"));
    await show();
  });
  return [
    heading(text("account.sessions"), others > 0 ? button(text("sessions.end_others"), endOthers, "other danger") : ""),
    element("p", { class: "lead" }, text("sessions.lead")),
    devices.map(panel),
  ];
}
