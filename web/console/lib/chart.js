// SPDX-License-Identifier: Apache-2.0
// Bars over the hours of a day, as SVG that is made here.
import { element } from "./elements.js";
import { language, text } from "./text.js";

const hour = 3600000;
const hours = 24;
const height = 80;
const width = 10; // of a bar with the gap behind it

export function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

// How many of the times (milliseconds) fall into each of the hours before `now`, the oldest first.
export function byHour(times, now) {
  const counts = new Array(hours).fill(0);
  for (const time of times) {
    const ago = Math.floor((now - time) / hour);
    if (ago >= 0 && ago < hours) counts[hours - 1 - ago] += 1;
  }
  return counts;
}

function bar(count, index, most, now) {
  const tall = count === 0 ? 0 : Math.max(2, Math.round((count / most) * height));
  const from = new Date(now - (hours - index) * hour).toLocaleTimeString(language, { timeStyle: "short" });
  return svg("rect", { x: index * width, y: height - tall, width: width - 2, height: tall, rx: 1 },
    svg("title", {}, text("chart.bar", from, count)));
}

export function hourChart(title, times, now) {
  const counts = byHour(times, now);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, ...counts);
  const words = text("chart.words", title, total, Math.max(...counts));
  return element("figure", { class: "chart" },
    element("figcaption", {}, title, " ", element("strong", {}, String(total))),
    svg("svg", { viewBox: `0 0 ${hours * width} ${height}`, role: "img", "aria-label": words, preserveAspectRatio: "none" },
      ...counts.map((count, index) => bar(count, index, most, now))),
    element("div", { class: "chart-ends soft" }, element("span", {}, text("chart.day_ago")), element("span", {}, text("chart.now"))));
}
