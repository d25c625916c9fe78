"""The page, section by section, in the order in which a reader asks."""

from __future__ import annotations

from ..conclusions import Bearing
from ..did import Comparison
from ..findings import Findings
from ..notices import ImpactError, Notice, NoticeCode
from .context import Context
from .figures import (
    balance_table,
    checks_table,
    design_table,
    event_table,
    figures_tables,
    picture,
    sensitivity_table,
)
from .parts import Listing, Report, Section, Subject, Table
from .statements import statement
from .words import Language


def write_report(findings: Findings, subject: Subject, language: Language | str) -> Report:
    """Findings in words.

    Raises
    ------
    ImpactError
        If the language is neither Portuguese of Brazil (``pt-BR``) nor English (``en``).
    """
    try:
        chosen = Language(language)
    except ValueError as error:
        known = ", ".join(each.value for each in Language)
        raise ImpactError(f"language: one of {known} expected, found {language!r}") from error
    context = Context.of(findings, subject, chosen)
    sections = [
        _question(context),
        _answer(context),
        _compared(context),
        _before_and_after(context),
        *(_conclusions(context, bearing) for bearing in Bearing),
        _meaning(context),
        _figures(context),
        _method(context),
        _glossary(context),
    ]
    labels = {key: context.say("headings", key) for key in ("contents", "why", "change")}
    banner = context.say("frame", "invented") if subject.invented else ""
    title = context.say("headings", "title")
    return Report(chosen, title[:1].upper() + title[1:], banner, tuple(sections), labels)


def _question(context: Context) -> Section:
    subject = context.subject
    lines = [
        context.say("frame", "question"),
        context.say("frame", "outcome", unit=subject.unit[1]),
        *([context.say("frame", subject.better)] if subject.better else []),
    ]
    return Section("question", context.say("headings", "question"), tuple(lines))


def _answer(context: Context) -> Section:
    """The headline, its direction, and how far it may be trusted."""
    findings, subject = context.findings, context.subject
    first = statement(context, findings.conclusions[0])  # the answer always comes first
    lines = [first.said]
    if findings.seen and subject.better:
        wanted = (findings.overall["estimate"] > 0) == (subject.better == "higher")
        lines.append(context.say("answer", "desired" if wanted else "undesired"))
    key = "not_seen_doubt" if context.verdict == "not_seen" and context.doubts else context.verdict
    lines.append(context.say("answer", key, count=context.write.count(len(context.doubts))))
    return Section("answer", context.say("headings", "answer"), tuple(lines))


def _compared(context: Context) -> Section:
    findings, write, units = context.findings, context.write, context.subject.units
    started = [each for each in findings.design["cohort"] if each != float("inf")]
    starts = "start_one" if len(started) == 1 else "start_many"
    who = context.say(
        "compared",
        findings.comparison,
        starts=context.words.of_language(starts, first=write.period(started[0]), last=write.period(started[-1])),
        taking=write.counted(findings.n_units - findings.n_never, units),
        never=write.counted(findings.n_never, units),
    )
    lot = context.say("compared", "by_lot" if findings.drawn_by_lot else "not_by_lot")
    weights = context.say("compared", "weighted" if findings.weighted else "unweighted")
    lines = [who, context.say("compared", "change"), f"{lot} {weights} {_covariates(context)}"]
    if findings.anticipation:
        count = f"{write.count(findings.anticipation)} {_periods(context, findings.anticipation)}"
        lines.append(context.say("compared", "anticipation", count=count))
    if findings.clustered:
        lines.append(context.say("compared", "clustered", count=write.count(findings.n_clusters)))
    lines += [_notice(context, each) for each in findings.notices if each.code.value in context.words.texts["notices"]]
    tables = [design_table(context), balance_table(context)]
    return Section("compared", context.say("headings", "compared"), tuple(lines), tables=_made(tables))


def _covariates(context: Context) -> str:
    names = context.findings.covariates
    if not names:
        return context.say("compared", "no_covariates")
    return context.say("compared", "covariates", names=context.words.listing(names))


def _periods(context: Context, count: int) -> str:
    return context.words.of_period(context.periods, "one" if count == 1 else "many")


def _notice(context: Context, notice: Notice) -> str:
    """A notice that no conclusion speaks of."""
    fields = {"where": notice.where}
    if notice.code is NoticeCode.STARTED_AT_ONCE:
        fields["counted"] = context.write.counted(notice.found, context.subject.units)
    return context.say("notices", notice.code.value, **fields)


def _before_and_after(context: Context) -> Section:
    heading = context.say("headings", "picture")
    return Section("picture", heading, picture=picture(context), tables=(event_table(context),))


def _conclusions(context: Context, bearing: Bearing) -> Section:
    """The conclusions of one bearing; those that support or weaken may be none, and then the page says so."""
    found = tuple(statement(context, each) for each in context.findings.conclusions if each.bearing is bearing)
    lines = () if found else (context.say("frame", f"nothing_{bearing.value}"),)
    return Section(bearing.value, context.say("headings", bearing.value), lines, found)


def _meaning(context: Context) -> Section:
    """What whoever governs and whoever reports can do with it."""
    verdict, findings, better = context.verdict, context.findings, context.subject.better
    above = findings.overall["estimate"] > 0
    keys = {
        "not_seen": ["not_failure", "cost", "next_call"],
        "seen_doubt": ["doubt", "next", "mean"],
    }.get(verdict, ["mean", "consider", "promise"])
    if findings.seen and better and above != (better == "higher"):
        keys = [*(key for key in keys if key != "consider"), "reconsider"]
    wrong = ["not_seen"] if verdict == "not_seen" else [f"seen_{'above' if above else 'below'}"]
    if verdict == "seen_lot":
        wrong = ["seen_lot"]
    fields = context.headline
    manager = tuple(context.say("manager", key, **fields) for key in keys)
    advice = tuple(context.say("journalist", key) for key in ("interval", "compared", "ranking"))
    listings = (
        Listing("manager", context.say("headings", "manager"), manager),
        Listing("journalist", context.say("headings", "journalist"), advice),
        Listing("may", context.say("headings", "may_write"), (context.say("may", verdict, **fields),), quoted=True),
        Listing(
            "not",
            context.say("headings", "not_write"),
            tuple(context.say("not_write", key, **fields) for key in wrong),
            quoted=True,
        ),
    )
    return Section("meaning", context.say("headings", "meaning"), listings=listings)


def _figures(context: Context) -> Section:
    tables = [*figures_tables(context), checks_table(context), sensitivity_table(context)]
    return Section("figures", context.say("headings", "figures"), tables=_made(tables))


def _made(tables: list[Table | None]) -> tuple[Table, ...]:
    return tuple(each for each in tables if each is not None)


def _method(context: Context) -> Section:
    findings, subject, write = context.findings, context.subject, context.write
    unknown = context.words.of_language("unknown")
    address = subject.method_address or context.say("frame", "method_default")
    lines = [
        context.say("frame", "source", source=subject.source or unknown),
        context.say("frame", "vintage", vintage=subject.vintage or unknown),
        *([context.say("frame", "prepared", author=subject.author)] if subject.author else []),
        context.say(
            "method",
            "panel",
            count=write.count(findings.n_units),
            periods_count=write.count(len(findings.periods)),
            list=context.words.listing([write.period(each) for each in findings.periods]),
        ),
        context.say(
            "method",
            "estimator",
            method=context.say("method", findings.method),
            comparison=context.say("method", Comparison(findings.comparison).value),
        ),
        context.say("method", "headline"),
        context.say(
            "method", "draws" if findings.draws else "no_draws", draws=write.count(findings.draws), seed=findings.seed
        ),
        context.say("method", "sensitivity"),
        context.say("frame", "method", address=address),
    ]
    return Section("method", context.say("headings", "method"), tuple(lines))


def _glossary(context: Context) -> Section:
    terms = ("interval", "comparison", "trend", "p")
    words = tuple((context.say("glossary", f"{key}_term"), context.say("glossary", key)) for key in terms)
    return Section("glossary", context.say("headings", "glossary"), terms=words)
