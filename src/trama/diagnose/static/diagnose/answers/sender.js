// Sends what waits, one save of an item at a time, until the site has answered each. Sending again is always safe: the
// id of a save never changes once it was tried, and the site answers the same save the same way.

import { isWaiting, keyOf, newId } from "./store.js";

const AT_ONCE = 20;
const LONGEST_WAIT_MS = 60000;

export class Sender {
  // place: {person, round, save, check, session}; tell(kind, detail) is called when something changed
  constructor(store, place, token, tell) {
    this.store = store;
    this.place = place;
    this.token = token;
    this.tell = tell;
    this.failures = 0;
    this.oneByOne = false;
    this.tab = newId();
    addEventListener("online", () => this.soon(0));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.soon(0));
  }

  rows() {
    return this.store.all(this.place.person, this.place.round);
  }

  // Keep a change. What this tab has not tried to send yet is joined; what may be on its way is named in "after".
  async keep(change) {
    let kept;
    await this.store.change(this.place.person, this.place.round, (rows) => {
      const same = rows.filter((row) => row.item === change.item && row.about === change.about);
      const waiting = same.filter(isWaiting).sort((a, b) => a.made_at - b.made_at);
      const last = waiting.at(-1);
      if (last && !last.tried && last.tab === this.tab && !last.held) {
        kept = { ...last, ...change, id: last.id, base: last.base, changes: [...new Set([...last.changes, ...change.changes])] };
        for (const field of last.changes) if (!change.changes.includes(field)) kept[field] = last[field];
        kept.resolves = change.resolves || last.resolves;
      } else {
        const after = same.filter((row) => isWaiting(row) && row.tab === this.tab).map((row) => row.id);
        const made_at = Math.max(Date.now(), ...same.map((row) => row.made_at + 1));
        kept = { id: newId(), person: this.place.person, round: this.place.round, state: "waiting", tried: false, tab: this.tab, after, made_at, resolves: null, ...change };
      }
      kept.held = Boolean(!change.resolves && same.some((row) => row.state === "conflict"));
      kept.device_at = new Date().toISOString();
      return { put: [kept] };
    });
    this.tell("kept", kept);
    this.soon(0);
    return kept;
  }

  soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  later() {
    this.failures += 1;
    this.soon(Math.min(LONGEST_WAIT_MS, 1000 * 2 ** this.failures) * (0.5 + Math.random() / 2));
  }

  async flush() {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    try {
      const work = () => this.sendAll();
      await (navigator.locks ? navigator.locks.request(`trama-answers-${this.place.round}`, work) : work());
    } finally {
      this.running = false;
      if (this.again) {
        this.again = false;
        this.soon(0);
      }
    }
  }

  async sendAll() {
    for (;;) {
      const batch = await this.nextBatch();
      if (!batch.length) break;
      if (!(await this.send(batch))) break;
    }
    this.tell("queue");
  }

  // The oldest waiting save of each item, marked as tried before it leaves: from then on its content stays as it is.
  async nextBatch() {
    const batch = [];
    await this.store.change(this.place.person, this.place.round, (rows) => {
      const items = new Set();
      const waiting = rows.filter((row) => isWaiting(row) && !row.held).sort((a, b) => a.made_at - b.made_at);
      for (const row of waiting) {
        const key = `${row.about}|${row.item}`;
        if (items.has(key) || batch.length >= (this.oneByOne ? 1 : AT_ONCE)) continue;
        items.add(key);
        batch.push({ ...row, tried: true });
      }
      return { put: batch };
    });
    return batch;
  }

  async send(batch) {
    this.tell("sending", batch);
    const saves = batch.map(({ id, item, about, base, changes, level, text, after, device_at, resolves }) => ({
      id, item, about, base, changes, level, text, after, device_at, resolves,
    }));
    const answer = await this.post(this.place.save, { saves });
    if (!answer) return false;
    if (answer.status === 200 && answer.body?.results) {
      this.failures = 0;
      this.oneByOne = false;
      for (const result of answer.body.results) await this.settle(batch.find((row) => row.id === result.id), result);
      return true;
    }
    if (batch.length > 1 && (answer.status >= 500 || [400, 413].includes(answer.status))) {
      this.oneByOne = true; // one that cannot be read must not hold the others back
      return true;
    }
    if ([400, 413].includes(answer.status)) {
      await this.settle(batch[0], { id: batch[0].id, outcome: "malformed", message: answer.body?.message || String(answer.status) });
      return true;
    }
    this.tell("unreachable", answer.status);
    this.later();
    return false;
  }

  // POST with the token; a page kept on the device may hold an old one. Null: not now, the reason was told.
  async post(address, body, renewed = false) {
    let response;
    try {
      response = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token, Accept: "application/json" },
        body: JSON.stringify(body),
        redirect: "manual",
        credentials: "same-origin",
      });
    } catch {
      this.tell("offline");
      this.later();
      return null;
    }
    if (response.type === "opaqueredirect" || response.status === 401) {
      this.tell("signed out");
      return null;
    }
    if (response.status === 403 && !renewed) return (await this.renew()) ? this.post(address, body, true) : null;
    if (response.status === 404) {
      this.tell("not ours");
      return null;
    }
    if ([429, 503].includes(response.status)) {
      this.tell("offline");
      clearTimeout(this.timer);
      this.soon(1000 * (Number(response.headers.get("Retry-After")) || 10));
      return null;
    }
    return { status: response.status, body: await response.json().catch(() => null) };
  }

  async renew() {
    try {
      const response = await fetch(this.place.session, { redirect: "manual", credentials: "same-origin", cache: "no-store" });
      if (response.type === "opaqueredirect") {
        this.tell("signed out");
        return false;
      }
      if (!response.ok) throw new Error(String(response.status));
      const told = await response.json();
      if (told.person !== this.place.person) {
        this.tell("other person");
        return false;
      }
      this.token = told.token;
      return true;
    } catch {
      this.tell("offline");
      this.later();
      return false;
    }
  }

  // Keep what the site said of one save, and let the next one of the same item start from there.
  async settle(sent, result) {
    if (!sent) return;
    const states = { saved: "sent", merged: "sent", conflict: "conflict", refused: "refused", malformed: "malformed" };
    const state = states[result.outcome] || "malformed";
    const row = { ...sent, state, answer: result };
    await this.store.change(this.place.person, this.place.round, (rows) => {
      const next = rows.filter((one) => isWaiting(one) && one.id !== sent.id && one.item === sent.item && one.about === sent.about);
      const put = [row];
      for (const one of next) {
        if (state === "conflict") put.push({ ...one, held: true });
        else if (!one.tried && one.after.includes(sent.id) && state === "sent")
          put.push({ ...one, base: result.receipt.revision, after: one.after.filter((id) => id !== sent.id) });
      }
      if (sent.resolves)
        for (const one of rows)
          if (one.state === "conflict" && one.answer?.conflict?.id === sent.resolves && state !== "refused") put.push({ ...one, state: "settled" });
      return { put };
    });
    if (result.now) {
      const key = keyOf(sent.person, sent.round, sent.about, sent.item);
      await this.store.learn({ key, ...result.now, at: Date.now() });
    }
    this.tell("settled", row);
  }

  // The person chose between what they said and what is there. ``mine``: the fields in question are said again.
  async choose(row, mine) {
    const { conflict, now } = row.answer;
    await this.store.change(this.place.person, this.place.round, (rows) => {
      const held = rows.filter((one) => one.held && one.item === row.item && one.about === row.about);
      const said = held.sort((a, b) => a.made_at - b.made_at).reduce((all, one) => ({ ...all, ...pick(one) }), { ...pick(row, conflict.fields) });
      const chosen = {
        ...row, id: newId(), state: "waiting", tried: false, tab: this.tab, after: [], held: false, answer: undefined,
        made_at: Date.now(), device_at: new Date().toISOString(), base: now.revision, resolves: conflict.id,
        changes: mine ? Object.keys(said) : [], ...(mine ? said : {}),
      };
      return { put: [chosen], drop: held.map((one) => one.id) };
    });
    this.soon(0);
  }

  // After a restore the site may not know what it had taken: ask, and send again what is missing, oldest first.
  async offerAgain() {
    const sent = (await this.rows()).filter((row) => ["sent", "conflict"].includes(row.state)).map((row) => row.id);
    let lost = 0;
    for (let start = 0; start < sent.length; start += 500) {
      const answer = await this.post(this.place.check, { ids: sent.slice(start, start + 500) });
      const unknown = new Set(answer?.body?.unknown || []);
      if (!unknown.size) continue;
      lost += unknown.size;
      await this.store.change(this.place.person, this.place.round, (rows) => ({
        put: rows.filter((row) => unknown.has(row.id)).map((row) => ({ ...row, state: "waiting", tried: true, held: false })),
      }));
    }
    if (lost) this.tell("offered again", lost);
    return lost;
  }
}

function pick(row, fields = row.changes) {
  return Object.fromEntries(fields.map((field) => [field, row[field]]));
}
