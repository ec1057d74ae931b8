"""Accounts of the network: their profile, what they choose, and their end."""

from typing import Any

from sandbox.store import Row
from sandbox.wpms.courses import course_at, open_offers
from sandbox.wpms.enrolments import KEY, change_rows, find
from sandbox.wpms.network import Network, NotAllowedError

PROFILE = ("email", "first_name", "last_name", "country", "timezone", "email_ok")


def register(network: Network, email: str, **profile: Any) -> int:
    """Make an account and return its id. Raises NotAllowedError for an address in use."""
    _check(network, {"email": email, **profile}, but=0)
    return network.store.insert("accounts", email=email, **profile)


def account_of(network: Network, learner: int | str) -> Row:
    """An account by id or e-mail address. Raises NotAllowedError when there is none."""
    column = "email" if isinstance(learner, str) else "id"
    row = network.store.row(f"SELECT * FROM accounts WHERE {column} = ? AND NOT deleted", learner)
    if row is None:
        raise NotAllowedError(f"there is no account {learner!r}")
    return row


def change_profile(network: Network, user_id: int, **profile: Any) -> None:
    """Change an account; every row of the learner is touched once if anything really changed."""
    account = account_of(network, user_id)
    _check(network, profile, but=user_id)
    changed = {name: value for name, value in profile.items() if account[name] != value}
    if not changed:
        return
    network.store.update("accounts", user_id, **changed)
    change_rows(network, "user_id = ?", (user_id,))
    if "email_ok" in changed:
        network.store.run("UPDATE enrolments SET email_rev = rev WHERE user_id = ?", user_id)


def _check(network: Network, profile: dict[str, Any], but: int) -> None:
    if unknown := set(profile) - set(PROFILE):
        raise NotAllowedError(f"a profile has no field {sorted(unknown)}")
    email = profile.get("email", "someone@example.org")
    if "@" not in str(email):
        raise NotAllowedError("the e-mail address is not valid")
    sql = "SELECT 1 FROM accounts WHERE email = ? AND NOT deleted AND id <> ?"
    if network.store.row(sql, email, but):
        raise NotAllowedError("that e-mail address is already used")


def choose(network: Network, blog_id: int, user_id: int, choice: str) -> None:
    """Let a learner choose how to study. Raises NotAllowedError for what is not on offer today."""
    row = find(network, blog_id, user_id)
    if row is None or not row["enrolled"]:
        raise NotAllowedError("not enrolled in this course")
    offers = open_offers(network, course_at(network, blog_id))
    if choice not in [offer["key"] for offer in offers]:
        raise NotAllowedError(f"{choice!r} is not on offer today")
    if row["choice"] == choice:
        return
    key = (blog_id, user_id)
    change_rows(network, KEY, key, choice=choice, choice_gmt=network.gmt())
    network.store.run(f"UPDATE enrolments SET choice_rev = rev WHERE {KEY}", *key)


def delete_account(network: Network, user_id: int) -> None:
    """Delete an account. Of rows that Mautic holds the e-mail stays until that is synced."""
    account_of(network, user_id)
    store = network.store
    store.run("DELETE FROM enrolments WHERE user_id = ? AND NOT signed_up AND NOT erase", user_id)
    change_rows(network, "user_id = ?", (user_id,), enrolled=0)
    store.run(
        "UPDATE enrolments SET left_gmt = coalesce(left_gmt, ?) WHERE user_id = ?",
        network.gmt(),
        user_id,
    )
    blank = dict.fromkeys(("first_name", "last_name", "country", "timezone"), "")
    store.update("accounts", user_id, deleted=1, **blank)
    forget_if_synced(network, user_id)


def erase_learner(network: Network, user_id: int) -> int | None:
    """Let a learner leave all courses and mark the rows to be erased; how many are marked.

    Every row is marked, also one that was never written back: a sync under way may be making its
    contact. None when there is neither an account nor a row. A no to e-mail stays with the account.
    """
    store = network.store
    if store.row("SELECT 1 FROM accounts WHERE id = ?", user_id) is None:
        return None
    store.update("accounts", user_id, country="", timezone="")
    where = "user_id = ? AND (enrolled OR NOT erase)"
    store.run(
        f"UPDATE enrolments SET left_gmt = coalesce(left_gmt, ?) WHERE {where}",
        network.gmt(),
        user_id,
    )
    change_rows(network, where, (user_id,), enrolled=0, erase=1)
    return int(store.value("SELECT count(*) FROM enrolments WHERE user_id = ?", user_id))


def forget_if_synced(network: Network, user_id: int) -> None:
    """Drop what is left of a deleted account once it has no rows."""
    network.store.run(
        "DELETE FROM accounts WHERE id = ? AND deleted"
        " AND NOT EXISTS (SELECT 1 FROM enrolments WHERE user_id = accounts.id)",
        user_id,
    )
