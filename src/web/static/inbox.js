// The list, live: who waits, and for how long, without a tap.
import {fresh, listen, renew, seldom} from "./live.js";

const LEAST_MS = 4000; // on a busy day something happens all the time

const look = seldom(async () => {
  const found = await fresh(location.href);
  if (found?.response.ok) renew(found.page, ["waits", "tabs", "list"]);
}, LEAST_MS + Math.random() * 1000);

listen("/api/v1/events?kinds=conversation", ["conversation"], look);
setInterval(look, 60000); // "waits 3 min" grows
