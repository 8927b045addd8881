// The page with both texts: until one was chosen, the own text stays on the device.

const form = document.querySelector("[data-resolve]");
const place = form.dataset.resolve;
const kept = JSON.parse(localStorage.getItem(place) ?? "null");

if (kept) localStorage.setItem(place, JSON.stringify({ ...kept, isSent: false }));
form.addEventListener("submit", () => localStorage.removeItem(place));
