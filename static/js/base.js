// Pages outside the exam: the device's time zone, what leaves with a sign-out, and the menu.

// Times on pages then agree with the clock of the device, unless the profile names another zone.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const secure = location.protocol === "https:" ? "; secure" : "";
document.cookie = `time_zone=${timeZone}; path=/; max-age=31536000; samesite=lax${secure}`;

/** Signing out with answers that never reached the server asks first. */
async function leave(event) {
  event.preventDefault();
  const form = event.target;
  if (!form.checkValidity()) return form.submit(); // it comes back with a sentence, and nothing goes
  const { forgetPages, forgetPerson, unsentChanges } = await import(form.dataset.record); // only when it is needed
  if ((await unsentChanges()) && !window.confirm(form.dataset.warning)) return;
  await forgetPages();
  if (form.dataset.person) await forgetPerson(form.dataset.person).catch(() => {});
  form.submit();
}

for (const form of document.querySelectorAll("form[data-sign-out]")) {
  form.addEventListener("submit", leave);
}

// The menu closes on Escape and when the focus leaves it.
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

document.querySelector("[data-focus]")?.focus();
