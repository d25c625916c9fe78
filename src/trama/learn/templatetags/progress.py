"""``{{ answer|given_in_words:question }}``: what a learner answered, as they read it."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def given_in_words(answer: Any, question: Any) -> list[str]:
    """One line for each thing chosen; the text as it was typed."""
    options = {one.pk: one for one in question.options.all()}
    given = answer.given
    if isinstance(given, dict):
        return [f"{options[int(left)].text} → {options[right].pair}" for left, right in given.items()]
    if isinstance(given, list):
        lines = [options[one].text for one in given]
        return [f"{number}. {line}" for number, line in enumerate(lines, 1)] if question.kind == "order" else lines
    return [options[given].text] if given in options else [str(given)]
