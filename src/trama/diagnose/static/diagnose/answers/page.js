// The answering page: saves as one answers, says honestly where each answer is, and shows what is kept on the device.
// Without this script the page is a plain form.

import { CACHE_PREFIX, download, fileOf, forgetOld, forgetPages, isUnsent, isWaiting, keyOf, openStore } from "./store.js";
import { Sender } from "./sender.js";

const TYPING_MS = 900;
const KEPT = ["waiting", "sending", "sent"]; // what may be said only of all that was written
const device = document.getElementById("answers-device");
const texts = JSON.parse(document.getElementById("answers-texts")?.textContent || "{}");
const levels = JSON.parse(document.getElementById("answers-levels")?.textContent || "{}");
const fill = (text, value) => (text || "").replace("%s", value);

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

class Item {
  constructor(page, node, about) {
    this.page = page;
    this.node = node;
    this.about = about;
    this.id = Number(node.dataset.item);
    this.base = Number(node.dataset.base);
    this.radios = [...node.querySelectorAll(`input[name="level-${this.id}"]`)];
    this.textarea = node.querySelector("textarea");
    this.state = node.querySelector("[data-state]");
    this.writing = 0; // saves on their way to the device
    const made = this.radios.find((radio) => radio.defaultChecked);
    // What the server wrote, not what stands there now: a person may have answered before this script was ready.
    this.shown = { level: made ? Number(made.value) : null, text: this.textarea.defaultValue };
    for (const radio of this.radios) radio.addEventListener("change", () => (this.contrast(), this.byItself && this.save()));
    this.textarea.addEventListener("input", () => {
      if (!this.byItself) return;
      this.say("typing");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), TYPING_MS);
    });
    this.textarea.addEventListener("blur", () => this.byItself && this.save());
    for (const box of node.querySelectorAll("[data-open-conflict] input[type=checkbox]"))
      box.addEventListener("change", () => box.checked && this.settle(box.value));
    this.contrast();
  }

  // Own answers save by themselves; what a team agrees is recorded by a button.
  get byItself() {
    return this.about === "answer";
  }

  get level() {
    const chosen = this.radios.find((radio) => radio.checked);
    return chosen ? Number(chosen.value) : null;
  }

  get changes() {
    const changed = [];
    if (this.level !== null && this.level !== this.shown.level) changed.push("level");
    if (this.textarea.value !== this.shown.text) changed.push("text");
    return changed;
  }

  get isDirty() {
    return this.changes.length > 0;
  }

  async save(resolves = null) {
    clearTimeout(this.timer);
    const changes = this.changes;
    if (!changes.length && !resolves) {
      if (this.state.dataset.now === "typing") this.say(this.before || "");
      return;
    }
    const change = {
      item: this.id, about: this.about, base: this.base, changes, level: this.level, text: this.textarea.value,
      label: this.node.dataset.label, ...(resolves ? { resolves } : {}),
    };
    this.shown = { level: this.level, text: this.textarea.value };
    this.writing += 1;
    try {
      await this.page.sender.keep(change);
      this.writing -= 1;
      this.say("waiting");
    } catch {
      this.writing -= 1;
      this.shown = { level: null, text: null }; // the browser refused: nothing of it counts as kept
      this.page.warn(texts.noStorage);
      this.say("lost");
    }
  }

  async settle(conflict) {
    await this.save(conflict);
    this.settling = conflict;
  }

  say(state, detail = "") {
    if (state !== "typing") this.before = state;
    const ahead = this.byItself && (this.isDirty || this.writing > 0);
    const now = ahead && KEPT.includes(state) ? "typing" : state;
    this.state.dataset.now = now;
    this.state.textContent = fill(texts[now], detail);
  }

  contrast() {
    for (const note of this.node.querySelectorAll("[data-contrast]"))
      note.hidden = note.dataset.contrast !== String(this.level);
  }

  show(level, text) {
    for (const radio of this.radios) radio.checked = level !== null && Number(radio.value) === level;
    this.textarea.value = text;
    this.shown = { level, text };
    this.contrast();
    this.page.jump(this);
  }

  // What another tab, another device or an earlier visit left: shown unless the person is in the middle of a change.
  learn(known) {
    if (known.revision <= this.base && this.state.dataset.now) return;
    if (this.isDirty) return;
    this.base = known.revision;
    this.show(known.level, known.text);
  }

  ask(row) {
    const place = this.node.querySelector("[data-conflict]");
    const { conflict, now, clash } = row.answer;
    const words = (one) => [
      conflict.fields.includes("level") ? levels[one.level] || "" : "",
      conflict.fields.includes("text") ? `“${one.text || texts.noComment}”` : "",
    ].filter(Boolean).join(" · ");
    const mine = element("button", { type: "button", class: "button button-small" }, texts.mine);
    const theirs = element("button", { type: "button", class: "button button-secondary button-small" }, texts.theirs);
    place.replaceChildren(
      element("div", { class: "message is-warning answers-conflict", role: "alert" }, element("div", {},
        element("h3", {}, texts.conflict),
        element("dl", { class: "definitions" },
          element("dt", {}, texts.mineIs), element("dd", {}, words(row)),
          element("dt", {}, texts.theirsIs), element("dd", {}, words(clash || now))),
        element("div", { class: "cluster" }, mine, theirs))),
    );
    place.hidden = false;
    const choose = async (ours) => {
      place.hidden = true;
      this.base = now.revision;
      if (!ours) this.show(conflict.fields.includes("level") ? now.level : this.level, conflict.fields.includes("text") ? now.text : this.textarea.value);
      await this.page.sender.choose(row, ours);
    };
    mine.addEventListener("click", () => choose(true));
    theirs.addEventListener("click", () => choose(false));
    this.say("conflict");
  }
}

class Page {
  constructor() {
    const { person, round, save, check, session } = device.dataset;
    this.place = { person, round, save, check, session };
    this.items = new Map();
    this.status = device.querySelector("[data-device-status]");
    this.warning = device.querySelector("[data-device-warning]");
  }

  async start() {
    this.store = await openStore();
    this.sender = new Sender(this.store, this.place, device.querySelector("[data-token]").value, (kind, detail) => this.told(kind, detail));
    device.hidden = false;
    if (!this.store.durable) this.warn(texts.noStorage);
    else this.askToStay();
    for (const form of document.querySelectorAll("form[data-answers]")) this.take(form);
    await forgetOld(this.store, this.place.person, this.place.round);
    await this.recall();
    this.saveAll();
    this.buttons();
    this.channel = "BroadcastChannel" in self ? new BroadcastChannel("trama-answers") : null;
    if (this.channel) this.channel.onmessage = () => this.recall();
    addEventListener("beforeunload", (event) => {
      const typing = [...this.items.values()].some((item) => item.isDirty);
      if (typing || (!this.store.durable && this.anyWaiting)) event.preventDefault();
    });
    addEventListener("pagehide", () => this.saveAll());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.saveAll());
    await this.sender.offerAgain();
    this.sender.soon(0);
    if (device.dataset.keeps) await this.keepPages();
  }

  saveAll() {
    for (const item of this.items.values()) if (item.byItself) item.save();
  }

  take(form) {
    const about = form.dataset.answers;
    for (const node of form.querySelectorAll("[data-item]")) {
      const item = new Item(this, node, about);
      this.items.set(`${about}|${item.id}`, item);
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const onward = event.submitter?.hasAttribute("data-onward");
      for (const item of this.items.values()) await item.save(item.settling || null);
      this.sender.soon(0);
      if (onward) this.step(1, event.submitter.dataset.onward);
    });
    if (about === "answer") this.oneByOne(form);
  }

  // One criterion at a time: an area is too long to scroll through on a phone. The address says which.
  oneByOne(form) {
    form.classList.add("one-by-one");
    this.form = form;
    const back = form.querySelector("[data-back]");
    back.addEventListener("click", (event) => {
      if (this.placeOfCurrent() <= 0) return;
      event.preventDefault();
      this.step(-1);
    });
    addEventListener("hashchange", () => this.showCurrent(true));
    this.showCurrent(Boolean(location.hash));
  }

  placeOfCurrent() {
    return [...this.items.values()].findIndex((item) => item.node.classList.contains("is-current"));
  }

  step(by, onward = "") {
    const next = [...this.items.values()][this.placeOfCurrent() + by];
    if (next) location.hash = `c-${next.id}`;
    else if (onward) location.assign(onward);
  }

  showCurrent(scroll) {
    const items = [...this.items.values()];
    const named = items.find((item) => location.hash === `#c-${item.id}`);
    const current = named || items.find((item) => item.level === null) || items[0];
    for (const item of items) item.node.classList.toggle("is-current", item === current);
    for (const link of document.querySelectorAll("[data-jump]"))
      if (link.dataset.jump === String(current.id)) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    if (!scroll) return;
    document.querySelector(".answers-jump").scrollIntoView();
    const title = current.node.querySelector("h2");
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }

  // Put over the page what this device knows better: answers that wait, and what was sent after the page was made.
  async recall() {
    const rows = await this.sender.rows();
    for (const item of this.items.values()) {
      const known = await this.store.known(keyOf(this.place.person, this.place.round, item.about, item.id));
      if (known && known.at > Date.parse(device.dataset.renderedAt)) item.learn(known);
      const own = rows.filter((row) => row.item === item.id && row.about === item.about).sort((a, b) => a.made_at - b.made_at);
      const waiting = own.filter(isWaiting);
      if (waiting.length && !item.isDirty) {
        const said = Object.assign({ ...item.shown }, ...waiting.map((row) => Object.fromEntries(row.changes.map((field) => [field, row[field]]))));
        item.show(said.level, said.text);
        item.base = Math.max(item.base, waiting.at(-1).base);
        item.say("waiting");
      }
      const conflict = own.findLast((row) => row.state === "conflict");
      if (conflict && !item.node.querySelector("[data-open-conflict]")) item.ask(conflict);
      const last = own.at(-1);
      if (last && ["refused", "malformed"].includes(last.state)) item.say(last.state, last.answer?.message || "");
    }
    this.lines(rows);
    this.count(rows);
  }

  // The list of all criteria: what waits on this device counts as answered here.
  lines(rows) {
    const given = new Map();
    for (const row of rows.filter((one) => one.about === "answer" && ["waiting", "sent"].includes(one.state)).sort((a, b) => a.made_at - b.made_at))
      if (row.changes.includes("level")) given.set(row.item, row);
    const chosen = new URLSearchParams(location.search).get("mostrar") || "";
    const rendered = Date.parse(device.dataset.renderedAt);
    let missing = 0;
    for (const line of document.querySelectorAll("[data-line]")) {
      const row = given.get(Number(line.dataset.line));
      if (row && (isWaiting(row) || row.made_at > rendered)) {
        line.dataset.level = row.level ?? "";
        line.classList.toggle("is-answered", row.level !== null);
        const tag = line.querySelector("[data-line-state]");
        tag.textContent = isWaiting(row) ? `${levels[row.level] || ""} · ${texts.waiting}` : levels[row.level] || "";
        tag.className = `tag ${isWaiting(row) ? "is-warning" : "is-info"}`;
      }
      missing += line.dataset.level === "" ? 1 : 0;
      line.hidden = (chosen === "faltam" && line.dataset.level !== "") || (chosen === "essenciais" && !line.dataset.starred);
    }
    for (const area of document.querySelectorAll("[data-area]"))
      area.hidden = Boolean(chosen) && !area.querySelector("[data-line]:not([hidden])");
    for (const dimension of document.querySelectorAll("[data-dimension]")) {
      const all = dimension.querySelectorAll("[data-line]");
      const done = [...all].filter((line) => line.dataset.level !== "").length;
      const bar = document.querySelector(`[data-progress="${dimension.dataset.dimension}"]`);
      bar.querySelector("progress").value = done;
      const count = bar.querySelector("[data-count]");
      count.textContent = count.textContent.replace(/\d+/, done);
      dimension.hidden = Boolean(chosen) && !dimension.querySelector("[data-line]:not([hidden])");
    }
    const nothing = document.querySelector("[data-nothing-missing]");
    if (nothing) nothing.hidden = chosen !== "faltam" || missing > 0;
  }

  count(rows) {
    const waiting = rows.filter(isWaiting).length;
    this.anyWaiting = waiting > 0;
    if (this.problem) this.status.replaceChildren(...this.problem);
    else if (waiting) this.status.textContent = fill(texts.someWaiting, waiting);
    else this.status.textContent = rows.some((row) => row.state === "sent") ? texts.allSent : "";
    device.dataset.waiting = waiting;
  }

  jump(item) {
    document.querySelector(`[data-jump="${item.id}"]`)?.classList.toggle("is-answered", item.level !== null);
  }

  warn(text) {
    this.warning.querySelector("[data-device-problem]").textContent = text;
    this.warning.hidden = false;
  }

  async told(kind, detail) {
    const item = detail?.item ? this.items.get(`${detail.about}|${detail.item}`) : null;
    if (kind === "kept" && item) this.jump(item);
    if (kind === "sending") for (const row of detail) this.items.get(`${row.about}|${row.item}`)?.say("sending");
    if (kind === "settled") await this.settled(item, detail);
    const problems = { offline: texts.offline, unreachable: texts.offline, "other person": texts.otherPerson, "not ours": texts.otherPerson };
    if (kind === "signed out") {
      const next = encodeURIComponent(location.pathname + location.search);
      this.problem = [`${texts.signIn} `, element("a", { href: `${device.dataset.login}?next=${next}` }, texts.signInLink)];
      await forgetPages("nobody"); // pages are read by whoever is here; answers that wait are kept
    } else if (problems[kind]) this.problem = [problems[kind]];
    else if (kind === "settled") this.problem = null;
    if (kind === "offered again") this.problem = [fill(texts.offeredAgain, detail)];
    const rows = await this.sender.rows();
    if (problems[kind] || kind === "signed out")
      for (const one of this.items.values())
        if (rows.some((row) => isWaiting(row) && row.item === one.id && row.about === one.about)) one.say("waiting");
    this.count(rows);
    this.lines(rows);
  }

  async settled(item, row) {
    this.channel?.postMessage(row.item);
    if (!item) return;
    const { outcome, receipt, now, message } = row.answer;
    if (outcome === "conflict") return item.ask(row);
    if (outcome === "refused" || outcome === "malformed") return item.say(outcome, message);
    if (!item.isDirty) {
      const waits = (await this.sender.rows()).some((one) => isWaiting(one) && one.item === row.item && one.about === row.about);
      if (waits) return undefined;
      item.base = now.revision;
      item.show(now.level, now.text);
    } else item.base = receipt.revision;
    item.say("sent");
    if (row.resolves) item.node.querySelector(`[data-open-conflict="${row.resolves}"]`)?.remove();
    item.settling = null;
    return undefined;
  }

  buttons() {
    device.querySelector("[data-device-send]").addEventListener("click", () => {
      this.sender.failures = 0;
      this.sender.soon(0);
    });
    device.querySelector("[data-device-export]").addEventListener("click", async () => {
      const rows = (await this.sender.rows()).filter(isUnsent);
      download(fileOf(rows, this.place.round, this.place.person), `respostas-${this.place.round.slice(0, 8)}.json`);
    });
    device.querySelector("[data-device-import]").addEventListener("change", (event) => this.read(event.target));
  }

  async read(input) {
    let file = null;
    try {
      file = JSON.parse(await input.files[0].text());
    } catch {
      file = null;
    }
    input.value = "";
    const { person, round } = this.place;
    if (file?.format !== "trama-answers" || file.round !== round || file.person !== person || !Array.isArray(file.saves))
      return this.warn(texts.notOurs);
    let n = 0;
    await this.store.change(person, round, (rows) => {
      const there = new Set(rows.map((row) => row.id));
      const fresh = file.saves.filter((save) => save && typeof save.id === "string" && Array.isArray(save.changes) && !there.has(save.id));
      n = fresh.length;
      return { put: fresh.map((save, place) => ({ after: [], ...save, person, round, state: "waiting", tried: true, held: false, tab: "file", made_at: Date.now() + place })) };
    });
    this.problem = [fill(texts.imported, n)];
    await this.recall();
    this.sender.soon(0);
    return undefined;
  }

  async askToStay() {
    const granted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
    const note = device.querySelector("[data-device-forget]");
    note.textContent = texts.mayForget;
    note.hidden = granted;
  }

  // The worker answers for this address when the server does not; the pages of the round are kept under the person's mark.
  async keepPages() {
    if (!("serviceWorker" in navigator) || !("caches" in self)) return;
    try {
      await forgetPages(this.place.person);
      await navigator.serviceWorker.register(device.dataset.worker, { scope: device.dataset.scope, updateViaCache: "none" });
      const cache = await caches.open(CACHE_PREFIX + this.place.person);
      const parts = performance.getEntriesByType("resource").map((entry) => new URL(entry.name)).filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/")).map((url) => url.pathname);
      const icons = [...document.querySelectorAll("link[rel=icon], link[rel=stylesheet], link[rel=preload], script[src]")].map((node) => new URL(node.href || node.src).pathname);
      const pages = [device.dataset.scope, ...device.dataset.pages.split(" ").filter(Boolean)];
      for (const address of new Set([...pages, ...parts, ...icons])) await this.keepOne(cache, address);
      const note = device.querySelector("[data-device-kept]");
      note.textContent = texts.kept;
      note.hidden = false;
      device.dataset.kept = "1";
    } catch {
      // refused or no room: the page works while there is a connection, and answers are kept all the same
    }
  }

  async keepOne(cache, address) {
    const response = await fetch(address, { redirect: "manual", credentials: "same-origin" });
    const whose = response.headers.get("X-Trama-Person");
    if (response.ok && (address.startsWith("/static/") || whose === this.place.person)) await cache.put(address, response);
  }
}

if (device) new Page().start();
