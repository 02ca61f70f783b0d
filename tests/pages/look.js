// What a page in a browser is like, beside what axe says: runs in the page, returns lists of what is wrong.
const least = 44, bytesMax = 100 * 1000;
const name = (e) => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}.${e.className.baseVal ?? e.className} “${(e.textContent || e.value || "").trim().slice(0, 30)}”`;
const shown = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".sr, table.by-card thead");
const scrolls = (e) => e.closest(".chips");
const box = (e) => (/checkbox|radio/.test(e.type) && e.labels[0] ? e.labels[0] : e).getBoundingClientRect();
const inSentence = (e) => e.tagName === "A" && !e.classList.contains("button") && getComputedStyle(e).display === "inline" &&
  e.parentElement.textContent.trim().length > e.textContent.trim().length;
const all = [...document.querySelectorAll("body *")].filter(shown);
const wide = all.filter((e) => !scrolls(e) && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
const small = all.filter((e) => e.matches("a, button, input, select, textarea, summary") && !inSentence(e) &&
  Math.min(box(e).width, box(e).height) < least - .5);
const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
const bytes = loaded.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
const foreign = loaded.filter((entry) => !entry.name.startsWith(location.origin + "/"));
return [...wide.map((e) => `wider than the window: ${name(e)}`), ...small.map((e) => `too small to tap: ${name(e)}`),
  ...foreign.map((entry) => `from elsewhere: ${entry.name}`),
  ...(bytes > bytesMax ? [`${bytes} bytes are loaded, and ${bytesMax} are allowed`] : [])];
