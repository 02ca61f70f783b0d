// Where somebody is, only after they tap, to about a kilometre; it goes nowhere but into the address of this form.
const here = document.getElementById("here");
const said = document.getElementById("here-said");
const place = document.getElementById("q");
let asks = false; // not switched off meanwhile: the focus of who tapped it by keys would be gone

function failed() {
  asks = false;
  said.textContent = here.dataset.failed;
}

function found({coords}) {
  place.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
  place.form.submit();
}

if (navigator.geolocation) {
  document.getElementById("where").hidden = false;
  here.addEventListener("click", () => {
    if (asks) return;
    asks = true;
    said.textContent = here.dataset.moment;
    navigator.geolocation.getCurrentPosition(found, failed, {timeout: 10000, maximumAge: 300000});
  });
}
