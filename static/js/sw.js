// Network first. What the exam page put into its cache answers when there is no network, or nobody
// but a proxy, or a server without its database, at the other end;
// nothing else is kept, and every other address passes untouched.

const AWAY = [502, 503, 504];
const KEPT = /^\/(static\/|pictures\/|attempts\/\d+\/$)/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (!KEPT.test(pathname)) return;
  event.respondWith(networkFirst(request));
});

async function networkFirst(request) {
  const kept = () => caches.match(request, { ignoreSearch: true, ignoreVary: true });
  try {
    const answer = await fetch(request);
    return AWAY.includes(answer.status) ? ((await kept()) ?? answer) : answer;
  } catch (failure) {
    const copy = await kept();
    if (copy) return copy;
    throw failure;
  }
}
