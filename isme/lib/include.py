"""``{% include %}`` for partials whose name is written in the template: looked up once.

Django looks an included template up each time its page is rendered, 20 to 50 times a page, and
renders a glyph like any other template: together a tenth to a quarter of the CPU of a list.
"""

from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Parser, Template, Token
from django.template.context import Context
from django.template.loader_tags import IncludeNode, do_include
from django.utils.safestring import SafeString

register = template.Library()

ICON = "components/icon.html"
_icons: dict[Any, SafeString] = {}


class Include(IncludeNode):
    """A partial by its name. With DEBUG it is read anew each time, as it may have been edited."""

    loaded: Template | None = None

    def render(self, context: Context) -> SafeString:
        if settings.DEBUG:
            return super().render(context)
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        if self.loaded is None:
            page: Any = context.template
            self.loaded = page.engine.get_template(self.template.var)
        if self.loaded.name != ICON:
            return self._rendered(self.loaded, context, values)
        # A glyph is what its name says and nothing else; there are as many as in the sprite.
        name = values.get("name")
        if name not in _icons:
            _icons[name] = self._rendered(self.loaded, context, values)
        return _icons[name]

    def _rendered(self, found: Template, context: Context, values: dict[str, Any]) -> SafeString:
        if self.isolated_context:
            return found.render(context.new(values))
        with context.push(**values):
            return found.render(context)


@register.tag
def include(parser: Parser, token: Token) -> IncludeNode:
    """Django's own tag; where the name is no variable, the node that remembers its template."""
    node = do_include(parser, token)
    if not _is_constant(node.template):
        return node
    return Include(
        node.template, extra_context=node.extra_context, isolated_context=node.isolated_context
    )


def _is_constant(name: FilterExpression) -> bool:
    return isinstance(name.var, str) and not name.filters
