"""The link to the preference page, whose secret only the mails of one contact hold."""

import secrets

from sandbox.mautic.call import Mautic
from sandbox.store import Row

PATH = "/email/unsubscribe/"


def link_of(mautic: Mautic, contact: int) -> str:
    """The path of the page of a contact, as the contact's own mails hold it."""
    known = mautic.store.value("SELECT hash FROM mail_hashes WHERE contact_id = ?", contact)
    if known is None:
        known = secrets.token_hex(11)
        mautic.store.insert("mail_hashes", hash=known, contact_id=contact)
    return PATH + str(known)


def contact_behind(mautic: Mautic, secret: str) -> Row | None:
    """The contact whose mails hold this secret."""
    return mautic.store.row(
        "SELECT contacts.* FROM contacts JOIN mail_hashes ON contact_id = id WHERE hash = ?", secret
    )
