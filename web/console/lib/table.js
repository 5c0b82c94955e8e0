// SPDX-License-Identifier: Apache-2.0
// Tables, and lists that the server searches and pages.
import { element, button, newId } from "./elements.js";
import { text } from "./text.js";

const pause = 200; // milliseconds between the last key and the question

// A column by the message of its title; `cell` is a member of a row, or makes the cell of it. A hidden title is for screen
// readers alone.
export function column(key, cell, hidden = false) {
  return { title: text(key), cell: typeof cell === "string" ? (row) => row[cell] ?? "" : cell, hidden };
}

// The column of a button that does something with the row, for those who may.
export function actionColumn(allowed, key, act) {
  return column("word.actions", (row) => allowed && button(text(key), act(row), "other"), true);
}

export function table(caption, columns, rows) {
  return element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    element("table", {},
      element("thead", {}, element("tr", {}, columns.map((column) =>
        element("th", { scope: "col" }, column.hidden ? element("span", { class: "unseen" }, column.title) : column.title)))),
      element("tbody", {}, rows.map((row) =>
        element("tr", {}, columns.map((column) => element("td", { "data-title": column.title }, column.cell(row))))))));
}

// `load({search, first, max})` gives rows, `draw` what they look like if not as a table. Answers that come too late are dropped.
export async function pagedList({ caption, columns, load, empty = text("list.none"), page = 20, searchable = true, draw = (rows) => table(caption, columns, rows) }) {
  const id = newId();
  let first = 0;
  let asked = 0;
  let timer = 0;
  const search = element("input", { id, type: "search", autocomplete: "off", placeholder: text("list.search") });
  const place = element("div", {});
  const said = element("p", { "aria-live": "polite" }); // seen where there are no rows
  const before = button(text("list.before"), () => turn(-page), "other");
  const after = button(text("list.after"), () => turn(page), "other");
  const where = element("span", { class: "soft", "aria-hidden": "true" });
  const pager = element("div", { class: "pager" }, before, where, after);

  async function fill() {
    const mine = ++asked;
    let rows;
    try {
      rows = await load({ search: search.value.trim(), first, max: page + 1 });
    } catch (error) {
      place.replaceChildren(element("p", { class: "alert", role: "alert" }, error.message));
      return;
    }
    if (mine !== asked) return;
    const shown = rows.slice(0, page);
    const some = shown.length > 0;
    where.textContent = text("list.where", first + 1, first + shown.length);
    said.textContent = some ? where.textContent : search.value ? text("list.nothing") : empty;
    said.className = some ? "unseen" : "empty";
    place.replaceChildren(some ? draw(shown) : "");
    pager.hidden = first === 0 && rows.length <= page;
    before.disabled = first === 0;
    after.disabled = rows.length <= page;
  }

  function turn(by) {
    first = Math.max(0, first + by);
    return fill();
  }

  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      first = 0;
      fill();
    }, pause);
  });
  await fill();
  return element("div", { class: "list" },
    searchable ? element("div", { class: "search" }, element("label", { class: "unseen", for: id }, text("list.search_in", caption)), search) : null, said, place, pager);
}

// The same for a list that the API gives as a whole.
export function wholeList({ rows, matches, ...rest }) {
  const load = async ({ search, first, max }) => {
    const words = search.toLowerCase();
    return rows.filter((row) => matches(row).toLowerCase().includes(words)).slice(first, first + max);
  };
  return pagedList({ ...rest, load });
}
