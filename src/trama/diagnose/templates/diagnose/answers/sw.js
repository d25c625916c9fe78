// Answers for the answering pages of one round when the server does not. Its scope is its own folder: no other page.
// The network comes first; a page is kept only under the mark of the person it was made for.
"use strict";

const PREFIX = "trama-answers-";
const PATIENCE_MS = 8000;
const AWAY = [502, 503, 504];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function kept(request) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const found = await (await caches.open(name)).match(request, { ignoreSearch: true, ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

async function keep(request, response) {
  const whose = response.headers.get("X-Trama-Person");
  if (request.mode !== "navigate" || !whose || response.status !== 200 || response.redirected) return;
  const copy = response.clone();
  const address = new URL(request.url);
  await (await caches.open(PREFIX + whose)).put(address.pathname, copy);
}

async function answer(request) {
  const before = await kept(request);
  const network = fetch(request);
  try {
    const patience = new Promise((_, refuse) => setTimeout(() => refuse(new Error("slow")), PATIENCE_MS));
    const response = await (before ? Promise.race([network, patience]) : network);
    // A page of the last release asks for files by its names, which a new release may not have any more.
    const gone = request.mode !== "navigate" && !response.ok;
    if (before && (gone || AWAY.includes(response.status))) return before;
    await keep(request, response);
    return response;
  } catch (error) {
    if (before) return before;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const page = request.mode === "navigate" && request.url.startsWith(self.registration.scope);
  if (page || address.pathname.startsWith("/static/")) event.respondWith(answer(request));
});
