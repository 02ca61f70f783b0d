// Where somebody is, only after they tap, to about a kilometre; it goes nowhere but into the address of this form.
const here = document.getElementById("here");
const said = document.getElementById("here-said");
const place = document.getElementById("q");

function failed() {
  here.disabled = false;
  said.textContent = "Your phone did not say where you are. Please write your postcode.";
}

function found({coords}) {
  place.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
  place.form.submit();
}

if (navigator.geolocation) {
  document.getElementById("where").hidden = false;
  here.addEventListener("click", () => {
    here.disabled = true;
    said.textContent = "One moment …";
    navigator.geolocation.getCurrentPosition(found, failed, {timeout: 10000, maximumAge: 300000});
  });
}
