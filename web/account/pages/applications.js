// SPDX-License-Identifier: Apache-2.0
// Applications: what each may have of the user, and how that is taken back.
import { button, element, heading } from "../../console/lib/elements.js";
import { confirmed } from "../../console/lib/dialog.js";
import { acting, notify } from "../../console/lib/notice.js";
import { date, text, told } from "../../console/lib/text.js";
import { api } from "../lib/api.js";
import { show } from "../lib/shell.js";

// Addresses of applications come from whoever registered them: pages of the web alone are led to.
function outward(address, words) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return words;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return words;
  const made = element("a", { rel: "noopener noreferrer" }, words);
  made.href = url.href;
  return made;
}

function granted(consent) {
  const scopes = consent.grantedScopes.map((scope) => scope.displayTest);
  return [
    element("p", {}, text("applications.granted", scopes.join(", ") || text("applications.nothing"))),
    element("p", { class: "soft" }, text("applications.since", date(consent.createdDate))),
  ];
}

function panel(application) {
  const name = told(application.clientName) || application.clientId;
  const own = application.clientId === "account-console";
  const remove = acting(async () => {
    if (!(await confirmed(text("applications.remove"), text("applications.remove_sure", name), text("applications.remove")))) return;
    await api.remove(`applications/${encodeURIComponent(application.clientId)}/consent`);
    notify(text("applications.removed", name));
    await show();
  });
  const removable = !own && (application.consent || application.inUse);
  return element("section", { class: "panel application", "aria-label": name },
    element("div", { class: "application-head" },
      element("div", {}, element("h2", {}, outward(application.effectiveUrl, name)),
        application.description ? element("p", {}, application.description) : null),
      removable ? button(text("applications.remove"), remove, "other danger") : null),
    element("p", {},
      element("span", {}, text(application.inUse ? "applications.in_use" : "applications.not_in_use")),
      application.offlineAccess ? element("span", { class: "tag" }, text("applications.offline")) : null),
    application.consent ? granted(application.consent) : null);
}

export async function applications() {
  const list = await api.get("applications");
  list.sort((a, b) => (told(a.clientName) || a.clientId).localeCompare(told(b.clientName) || b.clientId));
  return [
    heading(text("account.applications")),
    element("p", { class: "lead" }, text("applications.lead")),
    list.length > 0 ? list.map(panel) : element("p", { class: "panel empty" }, text("applications.none")),
  ];
}
