"""What is wrong with a calendar file, said with line, course, field and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from cohorts.errors import Problem, Where


class Lines:
    """Finds the line of a key path. The file is read again only when there is something to say."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root: yaml.Node | None = None

    def of(self, where: Where) -> int:
        """The line of the deepest part of `where` that exists in the file."""
        node, line = self._composed(), 1
        for part in where:
            step = _step(node, part)
            if step is None:
                break
            line, node = step
        return line

    def of_repeated_key(self, key: str) -> int:
        """The line where a mapping says `key` again."""
        for mapping in _mappings(self._composed()):
            same = [k for k, _ in mapping.value if k.value == key]
            if len(same) > 1:
                return _line(same[1])
        return 1

    def of_key_of_many_parts(self) -> int | None:
        """The line of a key that is itself a list or a mapping."""
        keys = (key for mapping in _mappings(self._composed()) for key, _ in mapping.value)
        return next((_line(key) for key in keys if not isinstance(key, yaml.ScalarNode)), None)

    def _composed(self) -> yaml.Node | None:
        # This reader may refuse what the reader of the calendar took: all is on line 1 then.
        with suppress(yaml.YAMLError, ValueError):
            if self._root is None and not _too_deep(self._text):
                self._root = yaml.compose(self._text, yaml.CSafeLoader)
        return self._root


def problems_of(error: ValidationError) -> list[Problem]:
    """The findings of the shape check, in our words."""
    return [_problem(details) for details in error.errors()]


def known_keys(model: type[BaseModel]) -> list[str]:
    """The keys of an entry as they are written in the file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy: the known word nearest to what was written."""
    folded = {k.lower(): k for k in known}
    close = get_close_matches(word.lower(), folded, 1)
    return f"did you mean {folded[close[0]]!r}?" if close else otherwise


def _problem(details: Any) -> Problem:
    # The name of a kind of exception is a step of the checker, not a key of the file.
    where = tuple(
        part
        for index, part in enumerate(details["loc"])
        if not (index == 4 and details["loc"][2] == "exceptions") and part != "[key]"
    )
    kind, context = details["type"], details.get("ctx", {})
    key = str(where[-1]) if where else ""
    if kind == "calendar":
        return Problem("error", where, context["message"], context["right"])
    if kind == "extra_forbidden":
        return Problem("error", where, f"unknown key {key!r}", _remedy_for_key(where, key))
    if kind == "missing":
        return Problem("error", where, f"{key!r} is missing", f"add `{key}: …`")
    if kind == "union_tag_not_found":
        right = "add: DATE, cancel: DATE, or move: DATE with to: DATE"
        return Problem("error", where, "an exception that says neither what nor when", right)
    if kind == "string_pattern_mismatch":
        right = _PATTERN_WORDS.get(context["pattern"], f"text like {context['pattern']}")
        return Problem("error", where, f"{details['input']!r} does not fit", right)
    right = _TYPE_WORDS.get(kind, details["msg"])
    return Problem("error", where, f"{details['input']!r:.60} does not fit", right)


_TYPE_WORDS = {
    "model_type": "keys with values, like `key: value`",
    "dict_type": "keys with values, like `key: value`",
    "tuple_type": "a list, each item after a dash",
    "string_type": "a text, in quotes if need be",
    "invalid_key": "a word as key",
}


_PATTERN_WORDS = {
    r"^[A-Za-z][A-Za-z0-9]{0,31}$": "a code of letters and digits, at most 32, like LiDA101",
    r"^/([a-z0-9][a-z0-9_-]*/)*$": "a path of the network in lower case, like /lida101/",
    r"^[a-z0-9_]+$": "the name of a file of include/campaign_templates, without .yaml",
}


def _remedy_for_key(where: Where, key: str) -> str:
    from cohorts import entries

    models: dict[str, type[BaseModel]] = {
        "defaults": entries.SettingsEntry,
        "rules": entries.RuleEntry,
        "announcement": entries.AnnouncementEntry,
    }
    inner = next((str(p) for p in reversed(where[:-1]) if isinstance(p, str)), "")
    if inner == "exceptions":
        return did_you_mean(key, ["add", "cancel", "move", "to", "end"], "remove it")
    model = models.get(inner) or (
        entries.OfferingEntry if inner == "offerings" else entries.CalendarEntry
    )
    keys = known_keys(model)
    return did_you_mean(key, keys, f"one of {', '.join(keys)}")


def _step(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return _line(key), value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return _line(node.value[part]), node.value[part]
    return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _too_deep(text: str) -> bool:
    """Whether the text has so many levels that composing it would end the process."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > 1000:
            return True
    return False


def _mappings(root: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    """Every mapping of the file once, in order: an alias may stand for its own parent."""
    ahead, seen = [root], set[int]()
    while ahead:
        node = ahead.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield node
            ahead += [value for _, value in reversed(node.value)]
        elif isinstance(node, yaml.SequenceNode):
            ahead += reversed(node.value)
