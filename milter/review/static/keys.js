// Comfort only; the page works without. j, k: down, up; enter: open; x: choose; a: choose all; n: the next mail; c, d: confirm, delete
// the chosen ones; r: to the button that releases them; /: search; escape: choose none, leave a field, or go back.
"use strict";
const rows = [...document.querySelectorAll("table.mails tbody tr")];
let at = -1;
function go(to) {
  if (!rows.length) return;
  rows[at]?.classList.remove("here");
  at = Math.max(0, Math.min(rows.length - 1, to));
  rows[at].classList.add("here");
  // Where the eye is there is the focus, too: for enter, for tab, and for who hears the page.
  rows[at].querySelector("a")?.focus({ preventScroll: true });
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
  if (!one || (rows.length && !boxes().some((box) => box.checked))) return;
  // Nothing takes a released fraud back: one letter in the wrong window must not let it go.
  if (deed === "release") {
    one.closest("details").open = true;
    one.focus();
  } else one.click();
};
const deeds = {
  j: () => go(at + 1),
  k: () => go(at - 1),
  Enter: () => rows[at]?.querySelector("a")?.click(),
  n: () => document.getElementById("after")?.click(),
  x: () => rows[at]?.querySelector("input")?.click(),
  a: () => chooseAll(!boxes().every((box) => box.checked)),
  r: () => press("release"),
  c: () => press("confirm"),
  d: () => press("delete"),
  "/": () => document.getElementById("words")?.focus(),
  Escape: () => {
    chooseAll(false);
    if (all) all.checked = false;
    if (!rows.length) document.querySelector(".back a")?.click();
  },
};
// In these a letter is a letter; a checkbox, a button and a link have no use for one.
const FIELDS = "input:not([type=checkbox]), select, textarea";
const OWN_ENTER = "a, button, summary, input";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const field = event.target.closest(FIELDS);
  if (field && event.key === "Escape") field.blur();
  if (field || (event.key === "Enter" && event.target.closest(OWN_ENTER))) return;
  if (Object.hasOwn(deeds, event.key)) { event.preventDefault(); deeds[event.key](); }
});
