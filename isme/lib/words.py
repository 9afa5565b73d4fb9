"""``{% load i18n %}`` of this project: Django's, with fixed texts translated once a language.

A page of ours has about 150 fixed texts. Django makes a lazy string of each, each time it is
shown, and looks it up: a quarter of the CPU of a list.
"""

from typing import Any

from django.conf import settings
from django.template import Library
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class FixedText(i18n.TranslateNode):
    """A text that stands in the template: what it is in each language that was asked for."""

    def __init__(self, node: i18n.TranslateNode) -> None:
        super().__init__(node.filter_expression, node.noop, None, node.message_context)
        self.known: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        text = self.known.get(language)
        if text is None:
            text = super().render(context)
            if not settings.DEBUG:  # somebody may be translating
                self.known[language] = text
        return text


def _translate(parser: Parser, token: Token) -> Any:
    """Django's own tag; where the text is fixed and shown in place, the node that remembers."""
    node = i18n.do_translate(parser, token)
    text = node.filter_expression
    is_fixed = getattr(text.var, "literal", None) is not None and not text.filters
    if not is_fixed or not isinstance(text.var.literal, str) or node.asvar:
        return node
    if node.message_context is not None and node.message_context.is_var:
        return node
    return FixedText(node)


register.tag("translate", _translate)
register.tag("trans", _translate)
