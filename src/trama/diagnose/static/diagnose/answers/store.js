// What is kept on the device: saves (waiting, sent, refused, in conflict) and the last state the site told of each item.
// One IndexedDB database for all rounds and people of this browser; every row says whose it is and of which round.

const NAME = "trama-answers";
const VERSION = 1;
const KEEP_MS = 30 * 24 * 3600 * 1000; // what was sent stays for 30 days, and is offered again after a restore
const LONGEST_REMOVAL_MS = 5000;
export const CACHE_PREFIX = "trama-answers-";

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      const saves = asked.result.createObjectStore("saves", { keyPath: "id" });
      saves.createIndex("round", ["person", "round"]);
      asked.result.createObjectStore("known", { keyPath: "key" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("blocked"));
  });
}

function asPromise(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// The same rows in memory, where the browser keeps nothing: lost with the tab, and the page says so.
class Memory {
  constructor() {
    this.durable = false;
    this.saves = new Map();
    this.knowns = new Map();
  }

  async all(person, round) {
    return [...this.saves.values()].filter((row) => row.person === person && row.round === round).map((row) => ({ ...row }));
  }

  async change(person, round, work) {
    const rows = await this.all(person, round);
    const { put = [], drop = [] } = work(rows) || {};
    for (const row of put) this.saves.set(row.id, { ...row });
    for (const id of drop) this.saves.delete(id);
  }

  async known(key) {
    return this.knowns.get(key);
  }

  async learn(row) {
    this.knowns.set(row.key, row);
  }
}

class Kept {
  constructor(database) {
    this.durable = true;
    this.database = database;
    // Somebody signs out in another tab, which takes everything away: this tab lets go, and keeps nothing from then on.
    database.onversionchange = () => {
      this.gone = true;
      database.close();
    };
  }

  all(person, round) {
    if (this.gone) return Promise.resolve([]);
    return asPromise(this.database.transaction("saves").objectStore("saves").index("round").getAll([person, round]));
  }

  // Read the rows of a round, decide, write: in one transaction, so that two tabs never decide on the same row at once.
  // Resolves when the browser says that it is on the disk.
  change(person, round, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction("saves", "readwrite", { durability: "strict" });
      const store = transaction.objectStore("saves");
      const asked = store.index("round").getAll([person, round]);
      asked.onsuccess = () => {
        try {
          const { put = [], drop = [] } = work(asked.result) || {};
          for (const row of put) store.put(row);
          for (const id of drop) store.delete(id);
        } catch (error) {
          transaction.abort();
          reject(error);
        }
      };
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error || new Error("aborted"));
    });
  }

  known(key) {
    return asPromise(this.database.transaction("known").objectStore("known").get(key));
  }

  learn(row) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction("known", "readwrite");
      transaction.objectStore("known").put(row);
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
    });
  }
}

// Opens the store. Where the browser refuses to keep anything, ``durable`` is false.
export async function openStore() {
  try {
    const store = new Kept(await open());
    await store.learn({ key: "probe", at: Date.now() }); // some browsers open the database and refuse the write
    return store;
  } catch {
    return new Memory();
  }
}

export function keyOf(person, round, about, item) {
  return [person, round, about, item].join("|");
}

export function isWaiting(row) {
  return row.state === "waiting";
}

// What was never accepted by the site: what an export holds and what signing out would lose.
export function isUnsent(row) {
  return row.state === "waiting" || row.state === "malformed";
}

export async function forgetOld(store, person, round) {
  const oldest = Date.now() - KEEP_MS;
  await store.change(person, round, (rows) => ({
    drop: rows.filter((row) => ["sent", "settled"].includes(row.state) && row.made_at < oldest).map((row) => row.id),
  }));
}

// Everything of this browser, whoever it is of: for signing out.
export async function everything() {
  try {
    const database = await open();
    const rows = await asPromise(database.transaction("saves").objectStore("saves").getAll());
    database.close();
    return rows;
  } catch {
    return [];
  }
}

// Other tabs let go of the database when they are asked to; one that does not answer is not waited for without end.
export async function removeEverything() {
  await new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = () => resolve();
    setTimeout(resolve, LONGEST_REMOVAL_MS);
  });
  await forgetPages();
}

// Take away the kept pages; of everybody but ``person``, if one is given.
export async function forgetPages(person = "") {
  if (!("caches" in self)) return;
  for (const name of await caches.keys())
    if (name.startsWith(CACHE_PREFIX) && (!person || name !== CACHE_PREFIX + person)) await caches.delete(name);
}

export function fileOf(rows, round, person) {
  const saves = rows.map(({ id, item, about, base, changes, level, text, after, device_at, resolves, label }) => ({
    id, item, about, base, changes, level, text, after, device_at, resolves, label,
  }));
  return new Blob([JSON.stringify({ format: "trama-answers", version: 1, round, person, saves }, null, 1)], {
    type: "application/json",
  });
}

export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
