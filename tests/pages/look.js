// What a page in a browser is like, beside what axe says: runs in the page, returns lists of what is wrong. Its argument: how many bytes
// a page may weigh with all that it loads.
const least = 44, bytesMax = arguments[0];
const name = (e) => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}.${e.className.baseVal ?? e.className} “${(e.textContent || e.value || "").trim().slice(0, 30)}”`;
const shown = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".sr, .skip, table.by-card thead");
const scrolls = (e) => e.closest(".chips");
const box = (e) => (/checkbox|radio/.test(e.type) && e.labels[0] ? e.labels[0] : e).getBoundingClientRect();
const inSentence = (e) => e.tagName === "A" && !e.classList.contains("button") && getComputedStyle(e).display === "inline" &&
  e.parentElement.textContent.trim().length > e.textContent.trim().length;
const all = [...document.querySelectorAll("body *")].filter(shown);
// What ends in "…" or behind an edge. Of words that open as a whole by a tap a beginning is enough, and a field moves with the caret.
const hides = (e) => /hidden|clip/.test(getComputedStyle(e).overflowX) && !e.matches("input, .says, .reply") && !e.closest("svg");
const cut = all.filter((e) => hides(e) && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1));
const letters = [document.body, document.documentElement].map((e) => parseFloat(getComputedStyle(e).fontSize));
const wide = all.filter((e) => !scrolls(e) && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
const small = all.filter((e) => e.matches("a, button, input, select, textarea, summary") && !inSentence(e) &&
  Math.min(box(e).width, box(e).height) < least - .5);
const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
const bytes = loaded.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
const foreign = loaded.filter((entry) => !entry.name.startsWith(location.origin + "/"));
return [...wide.map((e) => `wider than the window: ${name(e)}`), ...cut.map((e) => `cut: ${name(e)}`), ...small.map((e) => `too small to tap: ${name(e)}`),
  ...(letters[0] < letters[1] ? [`letters stay at ${letters[0]} px where somebody has set ${letters[1]}`] : []), ...foreign.map((entry) => `from elsewhere: ${entry.name}`),
  ...(bytes > bytesMax ? [`${bytes} bytes are loaded, and ${bytesMax} are allowed`] : [])];
