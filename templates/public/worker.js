/* Works beside the pages: hands out files that are the same for everybody, and says so when there is no connection.
   Pages themselves are never kept: they are somebody's own. */
"use strict";

const KEPT = {{ kept | tojson }};
const FILES = {{ files | tojson }};
const OFFLINE = "/offline";

self.addEventListener("install", (event) => {
  // Asked for as a stranger, so that it is everybody's.
  const offline = new Request(OFFLINE, { credentials: "omit", cache: "reload" });
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll([offline, ...FILES])).then(() => self.skipWaiting()));
});

const tidy = async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  // A page is asked for while this wakes up.
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
};
self.addEventListener("activate", (event) => event.waitUntil(tidy()));

const kept = (what) => caches.match(what, { cacheName: KEPT, ignoreVary: true });
const visit = async (event) => {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await kept(OFFLINE)) ?? Response.error();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, search } = new URL(request.url);
  if (request.mode === "navigate") event.respondWith(visit(event));
  else if (FILES.includes(pathname + search)) event.respondWith(kept(request).then((file) => file ?? fetch(request)));
});
