"""Tags. Create them before their first use: concurrent first uses make 5-7 rows of one tag."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mautic_hook.batches import MAX_ROWS, row_answers
from mautic_hook.client import MauticClient
from mautic_hook.ensuring import Ensured
from transport.pieces import pieces

_PAGE = 1000


def list_tags(client: MauticClient) -> dict[str, int]:
    """All tags with their ids; the first id where a tag has twins. Case variants are other tags.

    There is no search: `search` is ignored for tags (recording tags_list).
    """
    rows = client.rows("/api/tags", "tags", tried="read all tags", page=_PAGE)
    ids: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: int(row["id"])):
        ids.setdefault(str(row["tag"]), int(row["id"]))
    return ids


def ensure_tags(
    client: MauticClient, names: Iterable[str], known: dict[str, int] | None = None
) -> list[Ensured]:
    """Sees to it that these tags exist; at most 200 a request (recording tags_batch_new).

    `known` is what `list_tags` gave a moment ago, to save reading it again.
    """
    wanted = list(dict.fromkeys(names))
    known = list_tags(client) if known is None else known
    missing = [name for name in wanted if name not in known]
    made = {
        name: result for part in pieces(missing, MAX_ROWS) for name, result in _create(client, part)
    }
    return [made.get(name) or Ensured("tag", name, "unchanged", known[name]) for name in wanted]


def delete_tag(client: MauticClient, tag_id: int) -> None:
    """Removes a tag from Mautic and from all contacts."""
    client.delete(f"/api/tags/{tag_id}/delete", tried=f"delete tag {tag_id}")


def _create(client: MauticClient, names: Sequence[str]) -> list[tuple[str, Ensured]]:
    def look_and_post(doubts: int) -> list[tuple[str, Ensured]]:
        there = list_tags(client) if doubts else {}
        made = [(n, Ensured("tag", n, "created", there[n])) for n in names if n in there]
        missing = [name for name in names if name not in there]
        return made + (_post(client, missing) if missing else [])

    return client.transport.settled(look_and_post)


def _post(client: MauticClient, names: list[str]) -> list[tuple[str, Ensured]]:
    path, tried = "/api/tags/batch/new", f"create {len(names)} tags"
    answer = client.post(path, [{"tag": name} for name in names], tried=tried)
    rows = row_answers(answer, "tags", len(names), tried=tried, route=f"POST {path}")
    results = []
    for name, row in zip(names, rows, strict=True):
        if row.thing and row.thing.get("tag") == name:
            results.append((name, Ensured("tag", name, "created", int(row.thing["id"]))))
        else:
            reason = row.refused or "Mautic made a tag of another name"
            results.append((name, Ensured("tag", name, "refused", reason=reason)))
    return results
