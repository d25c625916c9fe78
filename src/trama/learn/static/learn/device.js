// Notes, drafts and answers of a learner: kept on the device as they are written, sent when there is a connection, and
// said honestly where each is. The queue is that of the self-diagnosis. Without this script every form is a plain form.

import { CACHE_PREFIX, forgetOld, forgetPages, isWaiting, openStore } from "../diagnose/answers/store.js";
import { Sender } from "../diagnose/answers/sender.js";

const TYPING_MS = 900;
const KEPT = ["waiting", "sending", "sent"]; // what may be said only of all that was written
const device = document.getElementById("learn-device");
const texts = JSON.parse(document.getElementById("learn-device-texts")?.textContent || "{}");

class Field {
  constructor(page, form) {
    this.page = page;
    this.form = form;
    this.about = form.dataset.device;
    this.item = form.dataset.item;
    this.base = form.querySelector("input[name=base]");
    this.state = form.querySelector("[data-device-state]");
    this.textarea = form.querySelector("textarea");
    this.writing = 0; // saves on their way to the device
    if (this.about === "answer") form.addEventListener("submit", (event) => (event.preventDefault(), this.keep()));
    else {
      this.shown = this.textarea.defaultValue; // what the server wrote: a person may have written before this script was ready
      this.textarea.addEventListener("input", () => {
        this.say("typing");
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.keep(), TYPING_MS);
      });
      this.textarea.addEventListener("blur", () => this.keep());
      if (this.about === "reflection") form.addEventListener("submit", (event) => (event.preventDefault(), this.keep()));
      else form.addEventListener("submit", () => (this.handedOver = true)); // the form itself carries the text
    }
  }

  get text() {
    if (this.textarea) return this.textarea.value;
    const data = new FormData(this.form);
    return new URLSearchParams([...data].filter(([name]) => name.startsWith("given"))).toString();
  }

  // A person wrote what was not asked to be kept yet.
  get isDirty() {
    return this.about !== "answer" && !this.handedOver && this.text !== this.shown;
  }

  say(name, value = "") {
    if (name !== "typing") this.before = name;
    const now = (this.isDirty || this.writing > 0) && KEPT.includes(name) ? "typing" : name;
    this.state.textContent = (texts[now] || now).replace("%s", value);
    this.state.dataset.deviceState = now;
  }

  async keep() {
    clearTimeout(this.timer);
    if (this.textarea && this.text === this.shown) {
      if (this.state.dataset.deviceState === "typing" && !this.writing) this.say(this.before || "");
      return;
    }
    this.shown = this.text;
    const change = { item: this.item, about: this.about, base: Number(this.base?.value || 0), changes: ["text"], text: this.text, level: null, page: location.pathname };
    this.writing += 1;
    try {
      await this.page.sender.keep(change);
      this.writing -= 1;
      this.say(this.page.store.durable ? "waiting" : "lost");
    } catch {
      this.writing -= 1;
      this.shown = null; // the browser refused: nothing of it counts as kept
      this.say("lost");
    }
  }

  settled(row) {
    const { outcome, receipt, now, message } = row.answer;
    if (outcome === "conflict") return this.ask(row);
    if (outcome !== "saved") return this.say("refused", message);
    if (this.about === "answer") {
      location.hash = this.form.closest("section")?.id || "";
      location.reload();
      return undefined;
    }
    if (this.base) this.base.value = receipt.revision;
    if (this.text === now.text) this.say("sent");
    return undefined;
  }

  ask(row) {
    this.say("conflict");
    const theirs = document.createElement("blockquote");
    theirs.textContent = row.answer.now.text;
    const buttons = [["mine", true], ["theirs", false]].map(([name, mine]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-secondary button-small";
      button.textContent = texts[name];
      button.addEventListener("click", async () => {
        if (this.base) this.base.value = row.answer.now.revision;
        if (mine) await this.page.sender.choose(row, true);
        else {
          this.textarea.value = this.shown = row.answer.now.text;
          await this.page.drop(row);
        }
        this.say(mine ? "waiting" : "sent");
      });
      return button;
    });
    this.state.append(theirs, ...buttons);
  }
}

class Page {
  async start() {
    this.store = await openStore();
    const { person, round, save, session } = device.dataset;
    this.place = { person, round, save, session };
    this.sender = new Sender(this.store, this.place, device.querySelector("[data-token]").value, (kind, detail) => this.tell(kind, detail));
    this.fields = new Map();
    this.known = new Set(); // the saves that were written here, or wait in a field of this page
    this.listen();
    for (const form of document.querySelectorAll("form[data-device]")) {
      const field = new Field(this, form);
      this.fields.set(`${field.about}|${field.item}`, field);
    }
    await forgetOld(this.store, person, round);
    await this.recall();
    addEventListener("beforeunload", (event) => {
      if (![...this.fields.values()].some((field) => field.isDirty || field.writing > 0)) return;
      this.keepAll();
      event.preventDefault();
    });
    addEventListener("pagehide", () => this.keepAll());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.keepAll());
    this.sender.soon(0);
    await this.keepPages();
  }

  // Whichever page of the person comes first sends what waits for all of them: the page where it was written is told.
  listen() {
    if (typeof BroadcastChannel === "undefined") return;
    this.others = new BroadcastChannel(`trama-device-${this.place.person}-${this.place.round}`);
    this.others.addEventListener("message", ({ data }) => this.known.has(data.id) && this.of(data)?.settled(data));
  }

  of(row) {
    return this.fields.get(`${row.about}|${row.item}`);
  }

  // What waits from an earlier visit stands in its field again.
  async recall() {
    const rows = (await this.sender.rows()).filter((row) => isWaiting(row) || row.state === "conflict");
    for (const row of rows.sort((a, b) => a.made_at - b.made_at)) {
      const field = this.of(row);
      if (!field) continue;
      this.known.add(row.id);
      if (field.textarea && [field.shown, row.text].includes(field.text)) field.textarea.value = field.shown = row.text;
      if (row.state === "conflict") field.ask(row);
      else field.say("waiting");
    }
    this.keepAll();
  }

  keepAll() {
    for (const field of this.fields.values()) if (field.isDirty) field.keep();
  }

  async drop(row) {
    const { person, round } = this.place;
    await this.store.change(person, round, (rows) => ({
      put: rows.filter((one) => one.id === row.id).map((one) => ({ ...one, state: "settled" })),
      drop: rows.filter((one) => one.held && one.item === row.item && one.about === row.about).map((one) => one.id),
    }));
  }

  async tell(kind, detail) {
    if (kind === "kept") this.known.add(detail.id);
    if (kind === "settled") {
      this.of(detail)?.settled(detail);
      this.others?.postMessage(detail);
    }
    if (kind === "sending") for (const row of detail) this.of(row)?.say("sending");
    if (!["offline", "unreachable", "signed out", "other person", "not ours"].includes(kind)) return;
    for (const row of (await this.sender.rows()).filter(isWaiting))
      this.of(row)?.say(["signed out", "other person", "not ours"].includes(kind) ? "signedOut" : "waiting");
  }

  // The worker answers for the pages of the course that were opened once, when the site does not. A page is kept after
  // all that it needs: what is on the device works.
  async keepPages() {
    if (!("serviceWorker" in navigator) || !("caches" in self)) return;
    try {
      await forgetPages(this.place.person);
      await navigator.serviceWorker.register(device.dataset.worker, { scope: device.dataset.scope, updateViaCache: "none" });
      const cache = await caches.open(CACHE_PREFIX + this.place.person);
      const parts = performance.getEntriesByType("resource").map((entry) => new URL(entry.name)).filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
      const page = location.pathname.startsWith(device.dataset.scope) ? [location.pathname] : [];
      for (const address of new Set([...parts.map((url) => url.pathname), ...page])) {
        const response = await fetch(address, { redirect: "manual", credentials: "same-origin" });
        const ours = address.startsWith("/static/") || response.headers.get("X-Trama-Person") === this.place.person;
        if (response.ok && ours) await cache.put(address, response);
      }
      device.dataset.kept = "1";
    } catch {
      // refused or no room: the page works while there is a connection, and what is written is kept all the same
    }
  }
}

if (device) new Page().start();
