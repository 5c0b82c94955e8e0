// SPDX-License-Identifier: Apache-2.0
// Bars over time, one for each key that is published or retires: faint while it is published alone, full
// while it signs. What the picture shows stands beside it in words.
import { element } from "./elements.js";
import { svg } from "./chart.js";
import { date, text } from "./text.js";

const width = 600;
const height = 18;

function bar(key, at, now) {
  const from = at(key.published);
  const until = at(key.retires ?? Infinity);
  const parts = [svg("rect", { x: from, width: until - from, y: 4, height: 10, rx: 3, opacity: 0.3 })];
  if (key.signsFrom !== undefined || key.signsUntil !== undefined) {
    const signs = at(key.signsFrom ?? 0);
    parts.push(svg("rect", { x: signs, width: Math.max(1, at(key.signsUntil ?? Infinity) - signs), y: 4, height: 10, rx: 3 }));
  }
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", preserveAspectRatio: "none" },
    ...parts, svg("rect", { x: at(now), width: 2, y: 0, height, class: "now" }));
}

function words(key, now) {
  const step = (name, time) => time !== undefined && element("li", { class: time > now ? "to-come" : null }, element("strong", {}, text(`key.${name}`)), " ", date(time));
  return element("ol", { class: "steps" }, step("published", key.published), step("signsFrom", key.signsFrom), step("signsUntil", key.signsUntil), step("retires", key.retires));
}

// `keys`: {kid, algorithm, published, signsFrom, signsUntil, retires}, times in milliseconds.
export function timeline(keys, now) {
  const times = keys.flatMap((key) => [key.signsFrom, key.signsUntil, key.retires, key.retires ? null : key.published]).filter((time) => time > now - 86400000);
  const first = Math.min(now, ...times);
  const span = Math.max(Math.max(now, ...times) - first, 1) * 1.1;
  const at = (time) => Math.min(width, Math.max(0, ((time - first + span * 0.03) / span) * width));
  return element("div", { class: "timeline" }, keys.map((key) =>
    element("div", {}, element("h3", {}, key.algorithm, " ", element("code", { class: "soft" }, key.kid)), bar(key, at, now), words(key, now))));
}
