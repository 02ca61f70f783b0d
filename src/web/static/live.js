// What happens, as it happens. A browser has few connections for all its pages, so only the page in sight listens; what it
// missed meanwhile is asked for when it is seen again. told(null): something may have been missed.
export function listen(path, kinds, told) {
  let source = null;
  const begin = () => {
    source = new EventSource(path);
    for (const kind of kinds) source.addEventListener(kind, (event) => told(JSON.parse(event.data)));
    source.addEventListener("reset", () => told(null));
  };
  const end = () => {
    source?.close();
    source = null;
  };
  const turn = () => {
    const seen = document.visibilityState === "visible";
    if (!seen) end();
    else if (!source) {
      begin();
      told(null);
    }
  };
  if (document.visibilityState === "visible") begin();
  document.addEventListener("visibilitychange", turn);
  addEventListener("pagehide", end);
  addEventListener("pageshow", (event) => event.persisted && turn());
}

// Calls look, which may take its time, at most once at a time and in least_ms; one more where something came meanwhile.
export function seldom(look, least_ms) {
  let busy = false, again = false;
  const go = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    await look();
    setTimeout(() => {
      busy = false;
      if (again) go();
    }, least_ms);
  };
  return go;
}

// The page as the server shows it now; null when it could not be had.
export async function fresh(address, options) {
  try {
    const response = await fetch(address, {headers: {Accept: "text/html"}, ...options});
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return {response, page};
  } catch {
    return null;
  }
}

// What is the same on two pages, for whoever is there with the keys: by its id, else by what it does and what it is called.
const sameAs = (e) => (other) => e.id ? other.id === e.id :
  ["name", "value", "href", "formaction"].every((key) => other.getAttribute(key) === e.getAttribute(key)) && other.textContent === e.textContent;

// Does what puts other things in the place of those that are there. The focus stays: where it was, or on the part in which it was.
export function keepFocus(change) {
  const had = document.activeElement, parts = [];
  for (let e = had; e && e !== document.body; e = e.parentElement) if (e.id) parts.push(e.id);
  change();
  if (!had || had === document.body || had.isConnected) return;
  const rest = parts.map((id) => document.getElementById(id)).find(Boolean);
  const there = [...(rest ?? document).querySelectorAll(had.tagName)].find(sameAs(had)) ?? rest;
  if (there && !there.matches("a, button, input, select, textarea, summary")) there.tabIndex = -1;
  there?.focus({preventScroll: true});
}

// Puts what the fresh page has in place of what this one has, where it differs.
export function renew(page, ids) {
  for (const id of ids) {
    const old = document.getElementById(id), now = page.getElementById(id);
    if (old && now && !old.isEqualNode(now)) keepFocus(() => old.replaceWith(document.adoptNode(now)));
  }
}
