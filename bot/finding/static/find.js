// "Near me": asks the browser where it is, to about a hundred metres, and searches again. Nothing else needs a script.
const DECIMALS = 3; // as the server rounds; finer ones never leave this phone
const LONGEST_LOCATING = 15_000; // milliseconds

const form = document.getElementById("search");
const button = document.getElementById("near");
const state = document.getElementById("near-state");

function search({ coords }) {
  for (const name of ["latitude", "longitude"]) {
    const field = form.elements[name];
    field.value = coords[name].toFixed(DECIMALS);
    field.disabled = false;
  }
  form.submit();
}

function fail() {
  state.textContent = button.dataset.failed;
  button.disabled = false;
}

if (button && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    state.textContent = button.dataset.finding;
    navigator.geolocation.getCurrentPosition(search, fail, { timeout: LONGEST_LOCATING, maximumAge: 60_000 });
  });
}
