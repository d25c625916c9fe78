// The page of a package of cmi5: opens its units, in a frame or in a window of their own, and tells how they stand.
// A unit speaks to the store of statements itself; nothing of what it says passes here.

const setup = JSON.parse(document.getElementById("package-setup").textContent);
const frame = document.getElementById("package-frame");
const sign = document.getElementById("package-saved");
const told = document.getElementById("package-told");
const mode = document.getElementById("unit-mode");
const apart = document.getElementById("unit-apart");
const link = document.getElementById("unit-window");
const leave = document.getElementById("package-leave");
const token = document.querySelector("#package-form [name=csrfmiddlewaretoken]").value;
const ASK = 5000; // milliseconds between two questions of how the units stand
const LAST_WORDS = 1500; // milliseconds that a unit has to say that it is over
const TONES = { ready: "is-info", offline: "is-warning", refused: "is-danger" };
let opening = false;

function show(state, more = "") {
    sign.textContent = sign.dataset[state];
    sign.className = `tag ${TONES[state] || ""}`;
    told.textContent = more;
}

// --- opening a unit -------------------------------------------------------------------------------------------------

async function begin(id) {
    if (opening) return;
    opening = true;
    for (const button of document.querySelectorAll("[data-item]")) {
        if (button.dataset.item === id) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
    }
    show("loading");
    await end();
    try {
        const answer = await fetch(setup.open, {
            method: "POST",
            body: new URLSearchParams({ unit: id }),
            headers: { "X-CSRFToken": token },
        });
        if (!answer.headers.get("Content-Type")?.includes("json")) throw new Error(String(answer.status));
        const said = await answer.json();
        if (answer.ok) place(said);
        else show("refused", said.why);
    } catch {
        show("offline");
    }
    opening = false;
}

function place(said) {
    mode.textContent = said.told;
    mode.hidden = !said.told;
    apart.hidden = !said.window;
    frame.hidden = said.window;
    if (said.window) {
        document.getElementById("unit-host").textContent = said.host;
        document.getElementById("unit-elsewhere").hidden = !said.host;
        link.href = said.address;
        link.hidden = false;
    } else {
        frame.src = said.address;
    }
    show("ready");
    ask();
}

// The address of a window is good once: the next opening is asked for by the list.
link.addEventListener("click", () => setTimeout(() => (link.hidden = true), 0));

// Leaving its frame lets a unit say that it is over; what it forgot to end is ended by the next opening.
async function end() {
    if (frame.hidden || !frame.src) return;
    await new Promise((done) => {
        frame.addEventListener("load", () => setTimeout(done, LAST_WORDS / 3), { once: true });
        setTimeout(done, LAST_WORDS);
        frame.src = "about:blank";
    });
}

// --- how the units stand --------------------------------------------------------------------------------------------

async function ask() {
    if (!setup.standing) return;
    try {
        const answer = await fetch(setup.standing);
        if (!answer.ok) return;
        const { units, told: words } = await answer.json();
        for (const [id, unit] of Object.entries(units)) {
            document.querySelector(`[data-done="${CSS.escape(id)}"]`).hidden = !unit.done;
            document.querySelector(`[data-told="${CSS.escape(id)}"]`).textContent = unit.told;
        }
        if (sign.textContent === sign.dataset.ready && told.textContent !== words) told.textContent = words;
    } catch {
        // Without a line nothing new is known: the next question may find one.
    }
}

setInterval(() => document.visibilityState === "visible" && ask(), ASK);
window.addEventListener("focus", ask);

async function back() {
    await end();
    window.location.assign(leave ? leave.href : window.location.href);
}

window.addEventListener("message", (event) => {
    const { trama, version, type } = event.data ?? {};
    if (event.origin !== setup.origin || event.source !== frame.contentWindow) return;
    if (trama === "package" && version === 1 && type === "back") back();
});

for (const button of document.querySelectorAll("[data-item]")) {
    button.addEventListener("click", () => begin(button.dataset.item));
}
leave?.addEventListener("click", (event) => {
    event.preventDefault();
    back();
});
begin(setup.first);
