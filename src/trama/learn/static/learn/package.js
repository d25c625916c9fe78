// The page of a package: gives the bridge what an item begins with, keeps what it says, and tells what is saved.
// Commits wait in this tab and in its storage until the server has them; the newest of an item takes the place of older ones.

const setup = JSON.parse(document.getElementById("package-setup").textContent);
const frame = document.getElementById("package-frame");
const sign = document.getElementById("package-saved");
const told = document.getElementById("package-told");
const leave = document.getElementById("package-leave");
const token = document.querySelector("#package-form [name=csrfmiddlewaretoken]")?.value;
const LARGEST = 256 * 1024;
const RETRY = [2, 5, 10, 20, 30]; // seconds
const KEY = "trama-package:";
const TONES = { saved: "is-success", offline: "is-warning", refused: "is-danger", preview: "is-info" };
const items = new Map(setup.items.map((item) => [item.id, item]));
const waiting = new Map(); // item to { number, data }
let number = setup.number || 0;
let current = "";
let sending = false;
let failures = 0;
let timer = 0;

function show(state, more = "") {
    sign.textContent = sign.dataset[state];
    sign.className = `tag ${TONES[state] || ""}`;
    if (more) told.textContent = more;
}

// --- saving ---------------------------------------------------------------------------------------------------------

function store() {
    const key = `${KEY}${setup.launch}`;
    try {
        if (waiting.size) localStorage.setItem(key, JSON.stringify({ attempt: setup.attempt, commit: setup.commit, waiting: [...waiting] }));
        else localStorage.removeItem(key);
    } catch {
        // Storage is full or closed: what waits is in this tab alone, and the sign says that it is not saved.
    }
}

function post(address, body, keepalive = false) {
    return fetch(address, {
        method: "POST",
        body,
        keepalive,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    });
}

function take(item, data) {
    if (!setup.commit) return;
    number += 1;
    waiting.set(item, { number, data });
    const known = items.get(item);
    if (known) known.data = again({ ...known.data, ...data });
    store();
    if (failures === 0) show("waiting");
    send();
}

async function send() {
    if (sending || !waiting.size) return;
    sending = true;
    clearTimeout(timer);
    const [item, commit] = waiting.entries().next().value;
    try {
        const answer = await post(setup.commit, JSON.stringify({ item, ...commit }));
        const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
        if (said === null || answer.status >= 500) throw new Error(String(answer.status));
        if (waiting.get(item)?.number === commit.number) waiting.delete(item);
        failures = 0;
        store();
        heard(item, said);
    } catch {
        show("offline");
        timer = setTimeout(send, 1000 * RETRY[Math.min(failures, RETRY.length - 1)]);
        failures += 1;
        sending = false;
        return;
    }
    sending = false;
    if (waiting.size) send();
}

function heard(item, said) {
    if (!said.saved) {
        show("refused", said.why);
        return;
    }
    const done = document.querySelector(`[data-done="${CSS.escape(item)}"]`);
    if (done && said.completed) done.hidden = false;
    if (!waiting.size) show("saved", said.told);
}

// What an earlier opening on this device could not send. True: there was something, so the place may have moved.
async function sendOld() {
    let sent = false;
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(KEY))) {
        const held = JSON.parse(localStorage.getItem(key));
        if (held?.attempt !== setup.attempt) continue;
        for (const [item, commit] of held.waiting) {
            const answer = await post(held.commit, JSON.stringify({ item, ...commit }));
            if (!answer.headers.get("Content-Type")?.includes("json")) return sent;
        }
        localStorage.removeItem(key);
        sent = true;
    }
    return sent;
}

// --- the bridge -----------------------------------------------------------------------------------------------------

// What an item begins with when it is opened again from this page.
function again(data) {
    const place = setup.kind === "scorm12" ? { ...data.core } : { ...data };
    delete place.session_time;
    delete place.exit;
    place.entry = "resume";
    return setup.kind === "scorm12" ? { ...data, core: place } : place;
}

function begin(id) {
    const item = items.get(id);
    if (!item) return;
    current = id;
    for (const button of document.querySelectorAll("[data-item]")) {
        if (button.dataset.item === id) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
    }
    frame.contentWindow.postMessage({ trama: "page", type: "begin", kind: setup.kind, item }, setup.origin);
}

function move(to) {
    const order = [...items.keys()];
    const next = order[order.indexOf(current) + (to === "next" ? 1 : -1)];
    if (to === "exit") return;
    if (next) setTimeout(() => begin(next), 0);
}

function wellFormed(message) {
    if (message?.trama !== "package" || message.version !== 1 || typeof message.type !== "string") return false;
    if (message.type !== "commit") return true;
    const right = items.has(message.item) && typeof message.data === "object" && message.data !== null;
    return right && JSON.stringify(message.data).length <= LARGEST;
}

async function start() {
    if (setup.commit && (await sendOld().catch(() => false))) window.location.reload();
    else begin(setup.first);
}

let ended = null;
let beginning = false; // the bridge says "ready" until it hears what to begin with
window.addEventListener("message", (event) => {
    if (event.origin !== setup.origin || event.source !== frame.contentWindow || !wellFormed(event.data)) return;
    const { type, item, data, to } = event.data;
    if (type === "ready" && !beginning) {
        beginning = true;
        start();
    }
    if (type === "begun") {
        beginning = false;
        show(setup.commit ? "ready" : "preview");
    }
    if (type === "commit") take(item, data);
    if (type === "move") move(to);
    if (type === "ended") ended?.();
});

for (const button of document.querySelectorAll("[data-item]")) {
    button.addEventListener("click", () => begin(button.dataset.item));
}

// Leaving by the button lets the package end, and waits a moment for what it says last.
leave?.addEventListener("click", async (event) => {
    event.preventDefault();
    await new Promise((done) => {
        ended = done;
        setTimeout(done, 3000);
        frame.contentWindow.postMessage({ trama: "page", type: "end" }, setup.origin);
    });
    for (let tries = 0; tries < 30 && waiting.size && failures === 0; tries += 1) {
        await new Promise((done) => setTimeout(done, 100));
    }
    window.location.assign(leave.href);
});

window.addEventListener("online", () => ((failures = 0), send()));
window.addEventListener("pagehide", () => {
    for (const [item, commit] of waiting) post(setup.commit, JSON.stringify({ item, ...commit }), true).catch(() => {});
});
