// A conversation, live: what arrives shows by itself, the draft is kept, the length is counted. The page works without.
import {count} from "./parts.js";
import {fresh, listen, renew, seldom} from "./live.js";

const id = location.pathname.match(/^\/inbox\/(\d+)/)[1];
const address = `/inbox/${id}`, kept = `draft:${id}`;
const PARTS = ["news", "hold", "coming", "tags", "window", "replies", "seen", "doubted"]; // of the page; the draft is none of them
const LEAST_MS = 300, SAVE_MS = 700;
const field = () => document.getElementById("text");
const composer = () => document.getElementById("composer");
document.documentElement.classList.add("js");

// ---- what is said ----

function say(words, kind = "") {
  const notice = document.createElement("p");
  notice.className = `notice ${kind}`;
  notice.textContent = words;
  document.getElementById("said").replaceChildren(notice);
}

function hush() {
  document.getElementById("said").replaceChildren();
}

// ---- the draft ----

let saving = 0, saved = "";

function keep() {
  const text = field()?.value ?? "";
  if (text) sessionStorage.setItem(kept, text);
  else sessionStorage.removeItem(kept);
  clearTimeout(saving);
  saving = setTimeout(save, SAVE_MS);
}

// Kept by the server, too: it is there again on another phone.
function save() {
  clearTimeout(saving);
  const form = composer(), text = field()?.value ?? "";
  if (!form || text === saved) return;
  saved = text;
  const body = new URLSearchParams({csrf: form.csrf.value, fence: form.fence.value, key: form.key.value, text});
  fetch(`${address}/draft`, {method: "POST", body, keepalive: true, redirect: "manual"}).catch(() => { saved = ""; });
}

function recall() {
  saved = field()?.value ?? "";
  const text = sessionStorage.getItem(kept);
  if (field() && !field().value && text) field().value = text;
}

function forget() {
  clearTimeout(saving);
  sessionStorage.removeItem(kept);
  saved = field()?.value ?? "";
}

// ---- its length ----

function measure() {
  const out = document.getElementById("count");
  if (!out) return;
  const {units, parts, perPart, odd} = count(field().value);
  const why = odd === undefined ? "" : ` · “${odd}” makes a part ${perPart} long`;
  out.textContent = units ? `${units} characters · ${parts} ${parts === 1 ? "part" : "parts"}${why}` : "";
}

// ---- what arrives ----

const likeOld = (old, now) => {
  const times = now.querySelectorAll("time");
  old.querySelectorAll("time").forEach((time, i) => times[i] && (time.textContent = times[i].textContent));
  return old.isEqualNode(now);
};

// What is new is added, so that it alone is read aloud, and whoever reads above stays where they are.
function renewMessages(page) {
  const list = document.getElementById("messages"), scroll = list.parentElement;
  const now = [...page.getElementById("messages").children];
  const height = scroll.scrollHeight, above = scroll.scrollTop < -40;
  let same = 0;
  while (same < now.length && list.children[same] && likeOld(list.children[same], now[same])) same++;
  while (list.children[same]) list.children[same].remove();
  list.append(...now.slice(same).map((li) => document.adoptNode(li)));
  if (above) scroll.scrollTop -= scroll.scrollHeight - height;
  return now.slice(same).some((li) => li.classList.contains("in"));
}

function allow(may) {
  if (!may && document.activeElement?.dataset.sends) field().focus(); // what is switched off loses the focus
  for (const button of composer().querySelectorAll("[data-sends]")) button.disabled = !may;
}

function take(page) {
  const may = page.getElementById("composer") !== null;
  if (!page.getElementById("messages")) return;
  // Taken, or the day in which WhatsApp takes free words began or ended: another form stands there.
  const other = Boolean(page.getElementById("templates")) !== Boolean(document.getElementById("templates"));
  if (may && (!composer() || other)) {
    location.assign(address);
    return;
  }
  const wrote = renewMessages(page);
  renew(page, PARTS);
  if (composer()) allow(may);
  if (wrote && may && field()?.value) say("They have just written. Read it before you send.");
}

const look = seldom(async () => {
  const found = await fresh(address);
  if (found?.response.ok) take(found.page);
}, LEAST_MS);

// ---- what one does ----

function use(text) {
  const area = field();
  area.setRangeText(text, area.value.trim() ? area.selectionStart : 0, area.value.trim() ? area.selectionEnd : area.value.length, "end");
  area.focus();
  area.dispatchEvent(new Event("input", {bubbles: true}));
}

// Sends a form without leaving the page, so that nothing is lost where there is no connection.
async function post(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const found = await fresh(button.getAttribute("formaction") ?? form.action, {method: "POST", body});
  if (!found) {
    say("Not done: there is no connection. What you wrote is kept. Try again.", "bad");
    return;
  }
  const {response, page} = found;
  if (response.redirected && "leads" in button.dataset) {
    forget();
    location.assign(response.url);
  } else if (page.getElementById("messages")) {
    hush();
    take(page);
    const problem = page.querySelector("main > .notice.bad");
    if (problem) say(problem.textContent, "bad");
  } else {
    say(page.querySelector(".notice")?.textContent ?? "That did not work. Try again.", "bad");
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  if (form !== composer() || !button) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  await post(form, button);
  delete form.dataset.busy;
});

document.addEventListener("click", (event) => {
  const reply = event.target.closest("[data-reply]");
  if (!reply || !field()) return;
  event.preventDefault();
  use(reply.dataset.reply);
});

// A template as they will read it, with what is typed in its gaps.
function fill(form) {
  const shown = form.querySelector("[data-text]");
  const typed = new Map([...form.querySelectorAll("[data-gap]")].map((gap) => [gap.dataset.gap, gap.value.trim()]));
  shown.textContent = shown.dataset.text.replace(/\{\{\s*(\w+)\s*\}\}/g, (gap, name) => typed.get(name) || gap);
}

document.addEventListener("input", (event) => {
  if ("gap" in event.target.dataset) fill(event.target.form);
  if (event.target !== field()) return;
  measure();
  keep();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target !== field()) return;
  event.preventDefault();
  const button = composer().querySelector(event.shiftKey ? "[data-sends=next]" : "[data-sends=stay]");
  if (!button.disabled) composer().requestSubmit(button);
});

addEventListener("pagehide", save);
recall();
measure();
setInterval(look, 20000); // what becomes of an answer, and how long ago things were
listen("/api/v1/events?kinds=conversation", ["conversation"], (event) => {
  if (!event || String(event.id) === id) look();
});
