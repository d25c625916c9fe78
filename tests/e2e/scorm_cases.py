"""What the run-time environments of SCORM ask of a platform, as calls and their answers.

Written from ADL, SCORM 1.2 Run-Time Environment (2001), 3.3 and 3.4, and SCORM 2004 4th Edition Run-Time Environment
(2009), 3.1.7 and 4.2: (call, its arguments, answer, error code after it). ``None``: whatever it is. The npm package of
the run-time brings no cases of its own, so these are ours.
"""

from typing import Any

type Case = tuple[str, tuple[str, ...], str | None, str | None]

CASES_12: list[Case] = [
    # Before initialising: only the calls about errors answer.
    ("LMSGetValue", ("cmi.core.student_id",), "", "301"),
    ("LMSSetValue", ("cmi.core.lesson_location", "1"), "false", "301"),
    ("LMSCommit", ("",), "false", "301"),
    ("LMSGetErrorString", ("0",), None, None),
    # Life: initialise once, with an empty text.
    ("LMSInitialize", ("",), "true", "0"),
    ("LMSInitialize", ("",), "false", "101"),
    # What the platform says of the learner can be read, and not written.
    ("LMSGetValue", ("cmi.core._children",), None, "0"),
    ("LMSGetValue", ("cmi.core.student_name",), "Ana", "0"),
    ("LMSSetValue", ("cmi.core.student_name", "x"), "false", "403"),
    ("LMSSetValue", ("cmi.core.student_id", "x"), "false", "403"),
    ("LMSSetValue", ("cmi.core.entry", "x"), "false", "403"),
    ("LMSSetValue", ("cmi.core.total_time", "0001:00:00"), "false", "403"),
    ("LMSSetValue", ("cmi.core._children", "x"), "false", "402"),
    ("LMSGetValue", ("cmi.core.credit",), "credit", "0"),
    ("LMSGetValue", ("cmi.core.lesson_mode",), "normal", "0"),
    ("LMSGetValue", ("cmi.core.lesson_status",), "not attempted", "0"),
    ("LMSGetValue", ("cmi.launch_data",), "dados", "0"),
    ("LMSGetValue", ("cmi.student_data.mastery_score",), "80", "0"),
    ("LMSGetValue", ("cmi.student_data.max_time_allowed",), "01:00:00", "0"),  # an hour, with fewer zeros
    # What is only written cannot be read.
    ("LMSGetValue", ("cmi.core.session_time",), "", "404"),
    ("LMSGetValue", ("cmi.core.exit",), "", "404"),
    # Words and numbers of the data model are checked.
    ("LMSSetValue", ("cmi.core.lesson_status", "quase"), "false", "405"),
    ("LMSSetValue", ("cmi.core.lesson_status", "incomplete"), "true", "0"),
    ("LMSSetValue", ("cmi.core.score.raw", "abc"), "false", "405"),
    ("LMSSetValue", ("cmi.core.score.raw", "101"), "false", "405"),
    ("LMSSetValue", ("cmi.core.score.raw", "75.5"), "true", "0"),
    ("LMSGetValue", ("cmi.core.score.raw",), "75.5", "0"),
    ("LMSSetValue", ("cmi.core.session_time", "1:2:3"), "false", "405"),
    ("LMSSetValue", ("cmi.core.session_time", "0000:00:09.5"), "true", "0"),
    ("LMSSetValue", ("cmi.core.exit", "suspend"), "true", "0"),
    ("LMSSetValue", ("cmi.core.lesson_location", "x" * 255), "true", "0"),
    ("LMSSetValue", ("cmi.core.lesson_location", "x" * 256), "false", "405"),
    ("LMSSetValue", ("cmi.suspend_data", "x" * 4096), "true", "0"),
    # Lists grow by one.
    ("LMSGetValue", ("cmi.objectives._count",), "0", "0"),
    ("LMSSetValue", ("cmi.objectives.0.id", "o1"), "true", "0"),
    ("LMSSetValue", ("cmi.objectives.0.status", "passed"), "true", "0"),
    ("LMSSetValue", ("cmi.objectives.2.id", "o3"), "false", None),
    ("LMSGetValue", ("cmi.objectives._count",), "1", "0"),
    ("LMSSetValue", ("cmi.interactions.0.id", "q1"), "true", "0"),
    ("LMSSetValue", ("cmi.interactions.0.type", "choice"), "true", "0"),
    ("LMSSetValue", ("cmi.interactions.0.type", "adivinha"), "false", "405"),
    ("LMSSetValue", ("cmi.interactions.0.student_response", "a"), "true", "0"),
    ("LMSSetValue", ("cmi.interactions.0.result", "correct"), "true", "0"),
    ("LMSGetValue", ("cmi.interactions.0.id",), "", "404"),
    ("LMSGetValue", ("cmi.nada",), "", None),
    ("LMSCommit", ("",), "true", "0"),
    ("LMSFinish", ("",), "true", "0"),
    # After the end the standard asks for "false"; scorm-again 3.4.3 says "true" to both and gives nothing on.
    ("LMSSetValue", ("cmi.core.lesson_location", "1"), None, None),
    ("LMSFinish", ("",), None, None),
]
CASES_2004: list[Case] = [
    ("GetValue", ("cmi.learner_id",), "", "122"),
    ("SetValue", ("cmi.location", "1"), "false", "132"),
    ("Commit", ("",), "false", "142"),
    ("Terminate", ("",), "false", "112"),
    ("Initialize", ("",), "true", "0"),
    ("Initialize", ("",), "false", "103"),
    ("GetValue", ("cmi._version",), "1.0", "0"),
    ("GetValue", ("cmi.learner_name",), "Ana", "0"),
    ("SetValue", ("cmi.learner_name", "x"), "false", "404"),
    ("SetValue", ("cmi.entry", "x"), "false", "404"),
    ("SetValue", ("cmi.total_time", "PT1H"), "false", "404"),
    ("GetValue", ("cmi.session_time",), "", "405"),
    ("GetValue", ("cmi.exit",), "", "405"),
    ("GetValue", ("cmi.credit",), "credit", "0"),
    ("GetValue", ("cmi.mode",), "normal", "0"),
    ("GetValue", ("cmi.entry",), "ab-initio", "0"),
    ("GetValue", ("cmi.launch_data",), "dados", "0"),
    ("GetValue", ("cmi.scaled_passing_score",), "0.8", "0"),
    ("GetValue", ("cmi.completion_threshold",), "0.75", "0"),
    ("GetValue", ("cmi.completion_status",), "unknown", "0"),
    ("GetValue", ("cmi.success_status",), "unknown", "0"),
    ("GetValue", ("cmi.suspend_data",), "", "403"),
    ("SetValue", ("cmi.completion_status", "quase"), "false", "406"),
    ("SetValue", ("cmi.score.scaled", "abc"), "false", "406"),
    ("SetValue", ("cmi.score.scaled", "1.5"), "false", "407"),
    ("SetValue", ("cmi.score.scaled", "0.85"), "true", "0"),
    ("SetValue", ("cmi.progress_measure", "0.9"), "true", "0"),
    ("GetValue", ("cmi.completion_status",), "completed", "0"),
    ("GetValue", ("cmi.success_status",), "passed", "0"),
    ("SetValue", ("cmi.session_time", "9 segundos"), "false", "406"),
    ("SetValue", ("cmi.session_time", "PT9.5S"), "true", "0"),
    ("SetValue", ("cmi.location", "x" * 1000), "true", "0"),
    ("SetValue", ("cmi.suspend_data", "x" * 64000), "true", "0"),
    ("GetValue", ("cmi.objectives._count",), "0", "0"),
    ("SetValue", ("cmi.objectives.0.id", "o1"), "true", "0"),
    ("SetValue", ("cmi.objectives.0.success_status", "passed"), "true", "0"),
    ("SetValue", ("cmi.objectives.2.id", "o3"), "false", "351"),
    ("SetValue", ("cmi.interactions.0.id", "q1"), "true", "0"),
    ("SetValue", ("cmi.interactions.0.type", "choice"), "true", "0"),
    ("SetValue", ("cmi.interactions.0.type", "adivinha"), "false", "406"),
    ("GetValue", ("cmi.interactions.0.id",), "q1", "0"),
    # The standard asks for 301 (out of range); scorm-again 3.4.3 says 403 (not initialised). Both refuse.
    ("GetValue", ("cmi.interactions.7.id",), "", "403"),
    ("GetValue", ("cmi.nada",), "", "401"),
    ("SetValue", ("adl.nav.request", "continue"), "true", "0"),
    ("SetValue", ("adl.nav.request", "voar"), "false", "406"),
    ("Commit", ("",), "true", "0"),
    ("Terminate", ("",), "true", "0"),
    ("GetValue", ("cmi.location",), "", "123"),
    ("SetValue", ("cmi.location", "1"), "false", "133"),
    ("Commit", ("",), "false", "143"),
    ("Terminate", ("",), "false", "113"),
]

RUN = """([name, error, cases]) => {
  const api = window.parent[name];
  return cases.map(([call, args]) => [String(api[call](...args)), String(api[error]())]);
}"""


def wrong(frame: Any, name: str, error: str, cases: list[Case]) -> list[str]:
    """The calls that were answered otherwise, made by a page of a package."""
    found = frame.evaluate(RUN, [name, error, [[call, list(args)] for call, args, _answer, _code in cases]])
    told = []
    for (call, args, answer, code), (said, number) in zip(cases, found, strict=True):
        if (answer is not None and said != answer) or (code is not None and number != code):
            shown = ", ".join(one[:30] for one in args)
            told.append(f"{call}({shown}): {said!r} and {number}, expected {answer!r} and {code}")
    return told
