"""Packages made for the tests: small, complete, and each with what makes it one of its kind."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

NAMES_12 = (
    'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
)
NAMES_2004 = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"'
    ' xmlns:imsss="http://www.imsglobal.org/xsd/imsss" xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"'
)
FIND = """
function find(name) {
  for (let w = window, n = 0; n < 10; n += 1, w = w.parent) {
    try { if (w[name]) return w[name]; } catch (error) { return null; }
    if (w === w.parent) return null;
  }
  return null;
}
"""
SCRIPT_12 = (
    FIND
    + """
const api = find("API");
api.LMSInitialize("");
const page = Number(api.LMSGetValue("cmi.core.lesson_location") || 1);
document.getElementById("page").textContent = page;
document.getElementById("entry").textContent = api.LMSGetValue("cmi.core.entry");
document.getElementById("kept").textContent = api.LMSGetValue("cmi.suspend_data");
document.getElementById("next").addEventListener("click", () => {
  api.LMSSetValue("cmi.core.lesson_location", "2");
  api.LMSSetValue("cmi.suspend_data", "half way");
  api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  api.LMSSetValue("cmi.core.exit", "suspend");
  api.LMSCommit("");
  document.getElementById("page").textContent = 2;
});
document.getElementById("finish").addEventListener("click", () => {
  api.LMSSetValue("cmi.core.score.raw", "85");
  api.LMSSetValue("cmi.core.lesson_status", "completed");
  api.LMSSetValue("cmi.core.session_time", "0000:00:05");
  api.LMSFinish("");
});
"""
)
SCRIPT_2004 = (
    FIND
    + """
const api = find("API_1484_11");
api.Initialize("");
document.getElementById("page").textContent = api.GetValue("cmi.location") || 1;
document.getElementById("entry").textContent = api.GetValue("cmi.entry");
document.getElementById("kept").textContent = api.GetValue("cmi.suspend_data");
document.getElementById("next").addEventListener("click", () => {
  api.SetValue("cmi.location", "2");
  api.SetValue("cmi.suspend_data", "half way");
  api.SetValue("cmi.completion_status", "incomplete");
  api.SetValue("cmi.exit", "suspend");
  api.Commit("");
  document.getElementById("page").textContent = 2;
});
document.getElementById("finish").addEventListener("click", () => {
  api.SetValue("cmi.score.scaled", "0.85");
  api.SetValue("cmi.completion_status", "completed");
  api.SetValue("cmi.success_status", "passed");
  api.SetValue("cmi.session_time", "PT5S");
  api.Terminate("");
});
"""
)
PAGE = """<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>Aula</title></head><body>
<h1>Aula</h1><p>Página <span id="page">?</span>, <span id="entry"></span>, <span id="kept"></span></p>
<button id="next">Avançar</button> <button id="finish">Concluir</button>
<script src="../js/aula.js"></script></body></html>
"""


def zipped(members: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of names and contents."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, told in members.items():
            archive.writestr(name, told)
    return content.getvalue()


def manifest_12(items: str = "", *, resources: str = "", head: str = NAMES_12) -> str:
    """A manifest of SCORM 1.2 with one item, or those given."""
    one = (
        '<item identifier="i1" identifierref="r1" parameters="?modo=curso"><title>Aula 1</title>'
        "<adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>dados</adlcp:datafromlms>"
        "<adlcp:maxtimeallowed>0001:00:00</adlcp:maxtimeallowed></item>"
    )
    res = (
        '<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="aula/index.html">'
        '<file href="aula/index.html"/></resource>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest identifier="m" version="1.2" {head}>'
        "<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>"
        f'<organizations default="o"><organization identifier="o"><title>Rede em ação</title>{items or one}'
        f"</organization></organizations><resources>{resources or res}</resources></manifest>"
    )


def scorm_12(**members: str | bytes) -> dict[str, str | bytes]:
    """The members of a package of SCORM 1.2 that runs; ``members`` replace or add."""
    return {"imsmanifest.xml": manifest_12(), "aula/index.html": PAGE, "js/aula.js": SCRIPT_12} | members


def two_items() -> dict[str, str | bytes]:
    """SCORM 1.2 with two items of one page."""
    items = (
        '<item identifier="a" identifierref="r1" parameters="item=a"><title>Primeira</title></item>'
        '<item identifier="b" identifierref="r1" parameters="item=b"><title>Segunda</title></item>'
    )
    return scorm_12(**{"imsmanifest.xml": manifest_12(items)})


def manifest_2004(item: str = "", *, edition: str = "2004 4th Edition", organisation: str = "") -> str:
    one = (
        '<item identifier="i1" identifierref="r1"><title>Aula 1</title><adlcp:dataFromLMS>dados</adlcp:dataFromLMS>'
        '<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.75"/>'
        '<imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true">'
        "<imsss:minNormalizedMeasure>0.8</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives>"
        "</imsss:sequencing></item>"
    )
    return (
        f'<?xml version="1.0"?><manifest identifier="m" {NAMES_2004}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{edition}</schemaversion></metadata>"
        '<organizations default="o"><organization identifier="o"><title>Rede em ação 2004</title>'
        f"{item or one}{organisation}</organization></organizations>"
        '<resources xml:base="aula/">'
        '<resource identifier="r1" type="webcontent" adlcp:scormType="sco" href="index.html">'
        '<file href="index.html"/></resource></resources></manifest>'
    )


def scorm_2004(**members: str | bytes) -> dict[str, str | bytes]:
    return {"imsmanifest.xml": manifest_2004(), "aula/index.html": PAGE, "js/aula.js": SCRIPT_2004} | members


SCRIPT_CMI5 = """
const given = new URLSearchParams(location.search);
const NAMES = ["endpoint", "actor", "registration", "activityId"];
const [endpoint, agent, registration, activityId] = NAMES.map((one) => given.get(one));
const CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/";
const VERB = "http://adlnet.gov/expapi/verbs/";
const began = Date.now();
let heads, data, over = false;
const place = { activityId, agent, registration };
const state = (id) => `${endpoint}activities/state?${new URLSearchParams({ ...place, stateId: id })}`;
const show = (id, text) => (document.getElementById(id).textContent = text);

async function say(verb, result) {
  const context = structuredClone(data.contextTemplate);
  const says = result && ("success" in result || "completion" in result);
  context.registration = registration;
  context.contextActivities.category = ["cmi5", ...(says ? ["moveon"] : [])].map((one) => ({ id: CATEGORY + one }));
  if (result?.score && "masteryScore" in data) {
    context.extensions["https://w3id.org/xapi/cmi5/context/extensions/masteryscore"] = data.masteryScore;
  }
  if (result) result.duration = `PT${(Date.now() - began) / 1000}S`;
  const statement = {
    id: crypto.randomUUID(), actor: JSON.parse(agent), verb: { id: VERB + verb, display: { en: verb } },
    object: { objectType: "Activity", id: activityId }, context, result, timestamp: new Date().toISOString(),
  };
  const told = { ...heads, "Content-Type": "application/json" };
  const body = JSON.stringify(statement);
  const answer = await fetch(`${endpoint}statements`, { method: "POST", keepalive: true, headers: told, body });
  if (!answer.ok) throw new Error(`${verb}: ${await answer.text()}`);
}

async function start() {
  const answer = await (await fetch(given.get("fetch"), { method: "POST" })).json();
  if (!answer["auth-token"]) throw new Error(answer["error-text"]);
  heads = { Authorization: `Basic ${answer["auth-token"]}`, "X-Experience-API-Version": "1.0.3" };
  data = await (await fetch(state("LMS.LaunchData"), { headers: heads })).json();
  show("entry", data.launchMode);
  const kept = await fetch(state("place"), { headers: heads });
  const last = kept.ok ? await kept.json() : { page: 1 };
  show("page", last.page);
  show("kept", last.kept || "");
  await say("initialized");
  document.body.dataset.begun = "yes";
}

async function next() {
  const body = JSON.stringify({ page: 2, kept: "half way" });
  await fetch(state("place"), { method: "PUT", headers: { ...heads, "Content-Type": "application/json" }, body });
  await say("completed", { completion: true });
  show("page", 2);
}

async function finish() {
  await say("passed", { success: true, score: { scaled: 0.85, raw: 85, min: 0, max: 100 } });
  over = true;
  await say("terminated", {});
  location.assign(data.returnURL);
}

const failed = (problem) => show("kept", String(problem));
document.getElementById("next").addEventListener("click", () => next().catch(failed));
document.getElementById("finish").addEventListener("click", () => finish().catch(failed));
window.addEventListener("pagehide", () => over || !data || say("terminated", {}).catch(failed));
start().catch(failed);
"""
CMI5_NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
CMI5_ID = "https://exemplo.org/cursos/rede"


def unit(name: str, url: str = "aula/index.html?modo=curso", **attributes: str) -> str:
    """A unit of cmi5, with a name in both languages."""
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    words = f'<langstring lang="pt-BR">{name}</langstring><langstring lang="en-US">{name} (en)</langstring>'
    return (
        f'<au id="{CMI5_ID}/{name.replace(" ", "-")}"{given}><title>{words}</title><description>{words}</description>'
        f"<url>{url}</url></au>"
    )


def structure(*units: str) -> str:
    """A course structure of cmi5, of one unit that asks for all, or of those given."""
    words = '<langstring lang="pt-BR">Rede em ação</langstring>'
    one = unit("Aula 1", moveOn="CompletedAndPassed", masteryScore="0.8")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><courseStructure xmlns="{CMI5_NAMESPACE}"><course id="{CMI5_ID}">'
        f"<title>{words}</title><description>{words}</description></course>{''.join(units) or one}</courseStructure>"
    )


def cmi5(*units: str, **members: str | bytes) -> dict[str, str | bytes]:
    """The members of a package of cmi5 whose units speak to the store as the specification asks."""
    return {"cmi5.xml": structure(*units), "aula/index.html": PAGE, "js/aula.js": SCRIPT_CMI5} | members


def h5p(**members: str | bytes) -> dict[str, str | bytes]:
    """An H5P content of a library of our own that tells completion and a score when a button is pressed."""
    head = {
        "title": "Verdadeiro ou falso", "language": "pt-br", "mainLibrary": "H5P.Trama", "embedTypes": ["iframe"],
        "preloadedDependencies": [{"machineName": "H5P.Trama", "majorVersion": 1, "minorVersion": 0}],
    }  # fmt: skip
    library = {
        "title": "Trama", "machineName": "H5P.Trama", "majorVersion": 1, "minorVersion": 0, "patchVersion": 0,
        "runnable": 1, "preloadedJs": [{"path": "trama.js"}], "preloadedCss": [],
    }  # fmt: skip
    script = """
H5P.Trama = (function ($) {
  function Trama(params, id) { H5P.EventDispatcher.call(this); this.params = params; this.contentId = id; }
  Trama.prototype = Object.create(H5P.EventDispatcher.prototype);
  Trama.prototype.constructor = Trama;
  Trama.prototype.attach = function ($container) {
    const self = this;
    $container.html('<button class="ok">' + this.params.text + '</button>');
    $container.find(".ok").on("click", function () {
      const event = self.createXAPIEventTemplate ? self.createXAPIEventTemplate("answered") : new H5P.XAPIEvent();
      event.setVerb && event.setVerb("completed");
      event.setScoredResult(9, 10, self, true, true);
      H5P.externalDispatcher.trigger(event);
    });
  };
  return Trama;
})(H5P.jQuery);
"""
    return {
        "h5p.json": json.dumps(head),
        "content/content.json": json.dumps({"text": "Responder"}),
        "H5P.Trama-1.0/library.json": json.dumps(library),
        "H5P.Trama-1.0/trama.js": script,
    } | members


def upload(members: Mapping[str, Any] | bytes, name: str = "pacote.zip") -> SimpleUploadedFile:
    content = members if isinstance(members, bytes) else zipped(members)
    return SimpleUploadedFile(name, content, "application/zip")


QUIZ = """<?xml version="1.0" encoding="UTF-8"?>
<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident="q" title="Teste da rede"><section ident="s">
<item ident="one" title="Um"><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>cc_profile</fieldlabel>
<fieldentry>cc.multiple_choice.v0p1</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>
<presentation><material><mattext texttype="text/html">&lt;p&gt;Quantas escolas?&lt;/p&gt;</mattext></material>
<response_lid ident="r" rcardinality="Single"><render_choice>
<response_label ident="a"><material><mattext>três</mattext></material></response_label>
<response_label ident="b"><material><mattext>trinta</mattext></material></response_label></render_choice></response_lid></presentation>
<resprocessing><outcomes><decvar varname="SCORE" vartype="Decimal" minvalue="0" maxvalue="100"/></outcomes>
<respcondition continue="No"><conditionvar><varequal respident="r">b</varequal></conditionvar>
<setvar action="Set" varname="SCORE">100</setvar></respcondition></resprocessing>
<itemfeedback ident="general_fb"><flow_mat><material><mattext>Veja o censo.</mattext></material></flow_mat></itemfeedback></item>
<item ident="many" title="Vários"><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>cc_profile</fieldlabel>
<fieldentry>cc.multiple_response.v0p1</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>
<presentation><material><mattext>Quais?</mattext></material><response_lid ident="r" rcardinality="Multiple"><render_choice>
<response_label ident="a"><material><mattext>A</mattext></material></response_label>
<response_label ident="b"><material><mattext>B</mattext></material></response_label>
<response_label ident="c"><material><mattext>C</mattext></material></response_label></render_choice></response_lid></presentation>
<resprocessing><respcondition continue="No"><conditionvar><and><varequal respident="r">a</varequal>
<varequal respident="r">c</varequal><not><varequal respident="r">b</varequal></not></and></conditionvar>
<setvar action="Set" varname="SCORE">100</setvar></respcondition></resprocessing></item>
<item ident="word" title="Palavra"><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>cc_profile</fieldlabel>
<fieldentry>cc.fib.v0p1</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>
<presentation><material><mattext>De onde vem?</mattext></material><response_str ident="r"><render_fib/></response_str></presentation>
<resprocessing><respcondition><conditionvar><varequal respident="r">censo</varequal><varequal respident="r">censo escolar</varequal>
</conditionvar><setvar action="Set" varname="SCORE">100</setvar></respcondition></resprocessing></item>
<item ident="essay" title="Redação"><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>cc_profile</fieldlabel>
<fieldentry>cc.essay.v0p1</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>
<presentation><material><mattext>Escreva.</mattext></material></presentation></item>
</section></assessment></questestinterop>"""  # noqa: E501
LESSON = """<html><head><title>x</title><style>p{}</style></head><body><h1>Olhar a rede</h1>
<p>Comece pelo <strong>mapa</strong> e veja o <a href="https://www.gov.br/inep">Inep</a>.</p>
<ul><li>escolas</li><li>turmas</li></ul><img src="a.png" alt="x">
<script>alert(1)</script></body></html>"""


def cartridge(**members: str | bytes) -> dict[str, str | bytes]:
    """A Common Cartridge 1.3 with a page, a link, a quiz, a discussion, a picture and a tool."""
    manifest = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
 xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion>
<lomimscc:lom><lomimscc:general><lomimscc:title><lomimscc:string>Conhecer a rede</lomimscc:string></lomimscc:title>
</lomimscc:general></lomimscc:lom></metadata>
<organizations><organization identifier="o" structure="rooted-hierarchy"><item identifier="root">
<item identifier="i1" identifierref="page"><title>Olhar a rede</title></item>
<item identifier="i2" identifierref="quiz"><title>Teste</title></item>
<item identifier="i3" identifierref="link"><title>Portal do Inep</title></item>
<item identifier="i4" identifierref="topic"><title>Conversa</title></item></item></organization></organizations>
<resources>
<resource identifier="quiz" type="imsqti_xmlv1p2/imscc_xmlv1p3/assessment"><file href="quiz/q.xml"/></resource>
<resource identifier="page" type="webcontent" href="paginas/rede.html"><file href="paginas/rede.html"/></resource>
<resource identifier="link" type="imswl_xmlv1p3"><file href="link.xml"/></resource>
<resource identifier="topic" type="imsdt_xmlv1p3"><file href="topic.xml"/></resource>
<resource identifier="tool" type="imsbasiclti_xmlv1p3"><file href="tool.xml"/></resource>
<resource identifier="picture" type="webcontent" href="paginas/a.png"><file href="paginas/a.png"/></resource>
</resources></manifest>"""
    link = '<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3"><title>Inep</title>'
    return {
        "imsmanifest.xml": manifest,
        "paginas/rede.html": LESSON,
        "paginas/a.png": b"\x89PNG\r\n\x1a\n",
        "quiz/q.xml": QUIZ,
        "link.xml": link + '<url href="https://www.gov.br/inep"/></webLink>',
        "topic.xml": "<topic/>",
        "tool.xml": "<tool/>",
    } | members
