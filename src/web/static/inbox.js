// The list, live: who waits, and for how long, without a tap.
import {fresh, listen, renew, seldom} from "./live.js";

const LEAST_MS = 4000; // on a busy day something happens all the time

// What is said of who waits too long stays where it is, so that it is read aloud when it changes; the name of the tab has the count.
function alarm(page) {
  const late = document.getElementById("late"), now = page.getElementById("late");
  if (late && now && late.textContent !== now.textContent) late.replaceChildren(...now.cloneNode(true).childNodes);
  document.title = page.title;
}

const look = seldom(async () => {
  const found = await fresh(location.href);
  if (!found?.response.ok) return;
  renew(found.page, ["handed", "waits", "tabs", "list"]);
  alarm(found.page);
}, LEAST_MS + Math.random() * 1000);

listen("/api/v1/events?kinds=conversation", ["conversation"], look);
setInterval(look, 60000); // "waits 3 min" grows
