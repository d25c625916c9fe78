// Runs an H5P content from its own files. What it tells as xAPI becomes completion and score; its state is kept as text.

const place = window.parent.H5P_PLACE;
const began = Date.now();
const base = new URL("../", document.baseURI).href;
const kept = { ...place.data };
const EVERY = 10; // seconds between looks at the state
const CONTENT = "content";

function duration() {
    return `PT${Math.round((Date.now() - began) / 1000)}S`;
}

function state() {
    const held = window.H5PIntegration?.contents?.[`cid-${CONTENT}`]?.contentUserData?.[0]?.state;
    return typeof held === "string" && held !== "RESET" ? held : undefined;
}

function save() {
    const text = state();
    if (text !== undefined && text.length <= 64000) kept.suspend_data = text;
    place.save({ ...kept, session_time: duration() });
}

// The verbs that end a content; those of its parts have a parent in their context and say nothing of the whole.
function heard(event) {
    const said = event.data.statement;
    const verb = said?.verb?.id?.split("/").pop();
    if (said?.context?.contextActivities?.parent?.length) return;
    const score = said?.result?.score;
    if (typeof score?.scaled === "number" && ["answered", "completed", "passed", "failed", "scored"].includes(verb)) {
        kept.score = { scaled: Math.max(-1, Math.min(1, score.scaled)) };
    }
    const ends = ["completed", "passed", "failed"].includes(verb) || said?.result?.completion === true;
    if (ends || (verb === "answered" && score)) kept.completion_status = "completed";
    const success = verb === "passed" ? true : verb === "failed" ? false : said?.result?.success;
    if (typeof success === "boolean") kept.success_status = success ? "passed" : "failed";
    if (verb !== "attempted" && verb !== "interacted") save();
}

async function run() {
    const player = new window.H5PStandalone.H5P(document.getElementById("h5p"), {
        id: CONTENT,
        h5pJsonPath: `${base}p`,
        frameJs: `${base}r/vendor/h5p/frame.bundle.js`,
        frameCss: `${base}r/vendor/h5p/styles/h5p.css`,
        saveFreq: EVERY,
        frame: false,
        copyright: true,
        contentUserData: kept.suspend_data ? [{ dataType: "state", previousState: kept.suspend_data, subContentId: "0" }] : [],
    });
    await player;
    window.H5P.externalDispatcher.on("xAPI", heard);
    if (!kept.completion_status) kept.completion_status = "incomplete";
    save();
    setInterval(() => state() !== kept.suspend_data && save(), EVERY * 1000);
}

window.addEventListener("trama-end", save);
run();
