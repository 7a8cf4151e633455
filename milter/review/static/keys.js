// Comfort only; the page works without. j, k: down, up; enter: open; x: choose; a: choose all; r, c, d: release,
// confirm, delete the chosen ones; /: search.
"use strict";
const rows = [...document.querySelectorAll("table.mails tbody tr")];
let at = -1;
function go(to) {
  if (!rows.length) return;
  rows[at]?.classList.remove("here");
  at = Math.max(0, Math.min(rows.length - 1, to));
  rows[at].classList.add("here");
  rows[at].scrollIntoView({ block: "nearest" });
}
const boxes = () => [...document.querySelectorAll("table.mails input[name=id]")];
const chooseAll = (on) => { for (const box of boxes()) box.checked = on; };
const all = document.getElementById("all");
if (all) {
  all.hidden = !boxes().length;
  all.addEventListener("change", () => chooseAll(all.checked));
}
const press = (deed) => {
  const one = document.querySelector(`button[value=${deed}]`);
  if (one && (!rows.length || boxes().some((box) => box.checked))) one.click();
};
const deeds = {
  j: () => go(at + 1),
  k: () => go(at - 1),
  Enter: () => rows[at]?.querySelector("a")?.click(),
  x: () => rows[at]?.querySelector("input")?.click(),
  a: () => chooseAll(!boxes().every((box) => box.checked)),
  r: () => press("release"),
  c: () => press("confirm"),
  d: () => press("delete"),
  "/": () => document.getElementById("words")?.focus(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea, button, a, summary")) return;
  if (Object.hasOwn(deeds, event.key)) { event.preventDefault(); deeds[event.key](); }
});
