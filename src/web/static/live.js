// What happens, as it happens. A connection that breaks comes back by itself, from where it stood.
export function listen(path, kinds, told) {
  const source = new EventSource(path);
  for (const kind of kinds) source.addEventListener(kind, (event) => told(JSON.parse(event.data)));
  source.addEventListener("reset", () => told(null)); // something may have been missed
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  return source;
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

// Puts what the fresh page has in place of what this one has, where it differs.
export function renew(page, ids) {
  const changed = [];
  for (const id of ids) {
    const old = document.getElementById(id), now = page.getElementById(id);
    if (!old || !now || old.isEqualNode(now)) continue;
    old.replaceWith(document.adoptNode(now));
    changed.push(id);
  }
  return changed;
}
