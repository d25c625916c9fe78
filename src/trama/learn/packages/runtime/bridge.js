// The bridge: stands on the packages' origin, offers a package the interface of its standard, and passes what it says to
// the learner's page. The page keeps it; nothing here does. Messages go to one origin only and come from one window only.

const site = document.documentElement.dataset.site;
const frame = document.getElementById("content");
const SETTINGS = { dataCommitFormat: "json", lmsCommitUrl: "bridge", autocommit: true, autocommitSeconds: 10, logLevel: 5 };
const KINDS = {
    scorm12: { module: "./vendor/scorm-again/scorm12.js", name: "Scorm12API", window: "API", end: "LMSFinish" },
    scorm2004: { module: "./vendor/scorm-again/scorm2004.js", name: "Scorm2004API", window: "API_1484_11", end: "Terminate" },
};
const MOVES = {
    SequenceNext: "next",
    SequencePrevious: "previous",
    SequenceExit: "exit",
    SequenceExitAll: "exit",
    SequenceAbandon: "exit",
    SequenceAbandonAll: "exit",
    SequenceSuspendAll: "exit",
};
const KNOCK_MS = 500;
let running = null;

function tell(message) {
    window.parent.postMessage({ trama: "package", version: 1, ...message }, site);
}

function saving(item) {
    return (cmi) => tell({ type: "commit", item, data: JSON.parse(JSON.stringify(cmi)) });
}

function service(save) {
    return {
        // The interface asks for an answer at once: "true" means that the page has it; the page says when it is on disk.
        processHttpRequest(_address, told) {
            save(told.cmi);
            return { result: "true", errorCode: 0 };
        },
        updateSettings() {},
    };
}

async function scorm(kind, item) {
    const { module, name, window: place, end } = KINDS[kind];
    const made = await import(module);
    const api = new made[name]({ ...SETTINGS, httpService: service(saving(item.id)) });
    api.loadFromJSON(item.data);
    for (const [event, to] of Object.entries(MOVES)) api.on(event, () => tell({ type: "move", to }));
    window[place] = api;
    return () => {
        if (api.isInitialized()) api[end]("");
        delete window[place];
    };
}

// A page that does not speak to the platform is gone through once it was opened.
function page(kind, item) {
    const save = saving(item.id);
    save(kind === "scorm12" ? { core: { lesson_status: "completed" } } : { completion_status: "completed" });
    return () => {};
}

function h5p(item) {
    window.H5P_PLACE = { data: item.data, save: saving(item.id) };
    return () => {
        frame.contentWindow?.dispatchEvent(new CustomEvent("trama-end"));
        delete window.H5P_PLACE;
    };
}

async function begin(kind, item) {
    clearInterval(knocking);
    await end();
    if (kind === "h5p") running = h5p(item);
    else running = item.tracked ? await scorm(kind, item) : page(kind, item);
    frame.src = kind === "h5p" ? "r/h5p.html" : `p/${item.href}`;
    tell({ type: "begun", item: item.id });
}

// The package leaves first, so that it can say its last words; what it forgot to end is ended for it.
async function end() {
    if (!running) return;
    const finish = running;
    running = null;
    if (window.H5P_PLACE) finish();
    await new Promise((done) => {
        const over = setTimeout(done, 1500);
        frame.addEventListener("load", () => (clearTimeout(over), done()), { once: true });
        frame.src = "about:blank";
    });
    finish();
}

window.addEventListener("message", async (event) => {
    if (event.source !== window.parent || event.origin !== site || event.data?.trama !== "page") return;
    const { type, kind, item } = event.data;
    if (type === "begin" && (kind in KINDS || kind === "h5p") && typeof item?.id === "string") await begin(kind, item);
    if (type === "end") {
        await end();
        tell({ type: "ended" });
    }
});
// The page may not listen yet: said until it answers.
const knocking = setInterval(() => tell({ type: "ready" }), KNOCK_MS);
tell({ type: "ready" });
