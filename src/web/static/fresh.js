// What changes by itself on a page stands in #fresh. It is asked for again when one of the events comes that it names
// (data-events, and data-about: of what id), and every few seconds, since speeds and times left change by themselves. What
// one types in stands outside of it. Where a form may have led here, the page says its own address (data-at). When the
// buttons are others (data-status), all of the page is renewed, unless one types or a form stands open that one has opened. It is not
// loaded anew: that would take somebody back who has just followed a link.
import {fresh, keepFocus, listen, seldom} from "./live.js";

const LEAST_MS = 400, LEAST_OF_MANY_MS = 2000, EVERY_MS = 5000;
let here = document.getElementById("fresh");
const at = here?.dataset.at ?? location.href;

function renewAll(page) {
  keepFocus(() => document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes));
  document.title = page.title;
  history.replaceState(null, "", at);
  here = document.getElementById("fresh");
}

function types() {
  const at = document.activeElement;
  return at && /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || document.querySelector("main details[open] form");
}

const look = seldom(async () => {
  const found = await fresh(at);
  const there = found?.page.getElementById("fresh");
  if (!there || !found.response.ok || found.response.redirected) return;
  if (here.dataset.status !== there.dataset.status && !types()) renewAll(found.page);
  else if (!here.contains(document.activeElement) && !here.isEqualNode(there)) here.replaceChildren(...there.childNodes);
}, here?.dataset.about ? LEAST_MS : LEAST_OF_MANY_MS);

if (here) {
  const {events, about} = here.dataset;
  const isOurs = (event) => !event || !about || String(event.id) === about;
  if (events) listen(`/api/v1/events?kinds=${events}`, events.split(","), (event) => isOurs(event) && look());
  setInterval(() => document.hidden || look(), EVERY_MS);
}
