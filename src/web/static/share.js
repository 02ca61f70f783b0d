// Copy, and the phone's own way to share; and what leaves without us is counted: texts, copies.
const message = document.getElementById("message");
const more = document.getElementById("more");
const copy = document.getElementById("copy");
const phone = document.getElementById("phone");

const count = (way) => fetch(`/s/${message.dataset.link}/to/${way}`, {redirect: "manual", keepalive: true}).catch(() => {});

async function put() {
  try {
    await navigator.clipboard.writeText(message.value);
  } catch {
    message.select();
    document.execCommand("copy");
  }
}

more.hidden = false;
copy.addEventListener("click", async () => {
  await put();
  copy.textContent = copy.dataset.done;
  count("copy");
});
document.getElementById("by-text").addEventListener("click", () => count("text"));
if (navigator.share) {
  phone.hidden = false;
  phone.addEventListener("click", () => navigator.share({text: message.value}).then(() => count("phone"), () => {}));
}
