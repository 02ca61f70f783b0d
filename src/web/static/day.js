// The day, live: at once when something happens, and every few seconds, since speeds and waiting times grow by themselves.
import {fresh, listen, renew, seldom} from "./live.js";

const LEAST_MS = 1500, EVERY_MS = 5000;

const look = seldom(async () => {
  const found = await fresh(location.href);
  if (found?.response.ok && !found.response.redirected)
    renew(found.page, ["at", "polls", "alarms", "figures", "pause", "campaigns", "comes", "hour", "accounts"]);
}, LEAST_MS + Math.random() * 500);

listen("/api/v1/events?kinds=campaign,conversation,pledge", ["campaign", "conversation", "pledge"], look);
setInterval(() => document.hidden || look(), EVERY_MS);
