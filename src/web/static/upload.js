// A form with a file shows how much of it is sent. Without this module the browser sends the form by itself.
for (const form of document.querySelectorAll("form.upload")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.busy) send(form);
  });
}

function send(form) {
  const line = form.querySelector("[data-progress]");
  const request = new XMLHttpRequest();
  const say = (text) => {
    line.hidden = false;
    line.textContent = text;
  };
  const stop = (text) => {
    delete form.dataset.busy;
    say(text);
  };
  request.open("POST", form.action);
  request.responseType = "document";
  request.upload.addEventListener("progress", (e) => {
    if (e.lengthComputable) say(`${Math.floor((e.loaded / e.total) * 100)} % sent`);
  });
  request.addEventListener("load", () => {
    if (request.status < 400) {
      location.assign(request.responseURL);
      return;
    }
    const why = request.response?.querySelector("[role=alert], main .notice");
    stop(why ? why.textContent : "That did not work. Try again.");
  });
  request.addEventListener("error", () => stop("The connection broke. Nothing was kept: try again."));
  form.dataset.busy = "yes"; // the button is not switched off: who is on it with the keys would be nowhere
  say("Sending …");
  request.send(new FormData(form));
}
