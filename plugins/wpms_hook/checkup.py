"""Whether a connection can do what the DAGs need; tells apart what may be wrong with it."""

from __future__ import annotations

from transport.errors import (
    ApiOffError,
    CallError,
    CredentialsError,
    NotFoundError,
    RightsError,
    TransientError,
    WrongServerError,
)
from wpms_hook.client import WpmsClient, ignores_passwords
from wpms_hook.courses import read_status


def check_connection(client: WpmsClient) -> tuple[bool, str]:
    """Whether all is well, and one sentence for a person. Writes nothing."""
    try:
        status = read_status(client)
    except CallError as error:
        return False, f"{_verdict(error)} {error}"
    return True, (
        f"course-sync {status.version}: connected as its worker. "
        f"Course sites: {status.courses}, enrolments to sync: {status.dirty}."
    )


def _verdict(error: CallError) -> str:
    """The one of seven verdicts that fits."""
    if isinstance(error, ApiOffError):
        return "The plugin course-sync is not active there."
    if isinstance(error, CredentialsError) and ignores_passwords(error):
        return "WordPress does not look at the application password."
    if isinstance(error, CredentialsError):
        return "WordPress does not take these credentials."
    if isinstance(error, RightsError):
        return "The account is not a worker of course-sync."
    if isinstance(error, (NotFoundError, WrongServerError)) or error.status == 200:
        return "This is not the address of a WordPress."
    if isinstance(error, TransientError) and error.status is None:
        return "WordPress cannot be reached."
    return "WordPress answers, but not as it should."
