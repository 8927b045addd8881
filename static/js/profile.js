// The profile: offers the time zone of this browser when another one is chosen.
const select = document.getElementById("id_time_zone");
const offer = document.querySelector("[data-time-zone-guess]");
const guess = Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = [...select.options].find((option) => option.value === guess);

function show() {
  offer.hidden = !known || !select.value || select.value === guess;
}

if (known) {
  offer.querySelector("span").textContent = guess.replaceAll("_", " ");
  offer.querySelector("button").addEventListener("click", () => {
    select.value = guess;
    show();
    select.focus();
  });
  select.addEventListener("change", show);
  show();
}
